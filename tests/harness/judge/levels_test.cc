#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

scenario::Level level(const std::string& metric, const std::string& target, const std::string& warning) {
  scenario::Level made{.target = expression(metric + target), .warning = expression(metric + warning)};
  made.target.text = metric;
  return made;
}

// The levels of the phases, one after the other.
std::vector<std::string> found(const RunOnPaper& run) {
  std::vector<std::string> list;
  for (const result::Level& each : run.judged().levels) {
    list.push_back(each.level + ": " + each.actual);
  }
  return list;
}

TEST(Levels, SayWhichOfThemEachPhaseMeets) {
  RunOnPaper run;
  run.scenario.levels = {level("http_req_failed rate", "< 1%", "<= 5%")};
  run.requests(100, 0);
  run.requests(95, 10);
  run.requests(5, 10, std::nullopt);
  run.requests(94, 20);
  run.requests(6, 20, std::nullopt);
  EXPECT_EQ(found(run), (std::vector<std::string>{"target: 0.00%", "warning: 5.00%", "critical: 6.00%"}));
  const result::Level second = run.judged().levels.at(1);
  EXPECT_EQ(second.what, "http_req_failed rate");
  EXPECT_EQ(second.where, "incident");
  EXPECT_EQ(second.target, "< 1%");
  EXPECT_EQ(second.warning, "<= 5%");
}

TEST(Levels, AreUnknownWithTooFewSamples) {
  RunOnPaper run;
  run.scenario.levels = {level("http_req_duration p(95)", "< 200ms", "< 500ms")};
  run.requests(200, 0, 0.1);
  run.requests(199, 10, 0.1);
  EXPECT_EQ(found(run),
            (std::vector<std::string>{"target: 100 ms", "unknown: 100 ms, of 199 samples, and 200 are needed",
                                      "unknown: no samples"}));
}

TEST(Levels, MayBeOfAnObjective) {
  RunOnPaper run;
  run.scenario.objectives = {
      {.name = "runs", .summary = "", .target = Ratio{0.95}, .good = {.of = slo::Indicator::Of::runs}}};
  run.scenario.levels = {level("checks rate", "> 95%", "> 90%")};
  run.scenario.levels[0].slo = "runs";
  for (int k = 1; k <= 20; ++k) {
    run.accepted_run(k, "steady", "completed");
    run.accepted_run(20 + k, "incident", k == 1 ? "failed" : "completed");
  }
  EXPECT_EQ(found(run),
            (std::vector<std::string>{"target: 100.00%", "warning: 95.00%", "unknown: no samples"}));
  EXPECT_EQ(run.judged().verdict, result::Verdict::invalid) << "it has no validity; no level changes that";
  EXPECT_TRUE(run.checks("level").empty());
}

}  // namespace
}  // namespace faultline::judge
