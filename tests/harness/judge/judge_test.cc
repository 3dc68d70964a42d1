#include "judge/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using namespace std::chrono_literals;
using result::Verdict;
using scenario::Step;
using testing::ElementsAre;

// One of everything, and all of it well.
RunOnPaper whole() {
  RunOnPaper run;
  run.scenario.title = "On paper";
  run.scenario.seed = 7;
  run.add_fault("f").until = fault::Until::mitigation;
  const std::size_t symptom = run.add_probe(Step::Kind::symptom, 1);
  const std::size_t mitigation = run.add_action(Step::Kind::mitigation, 1);
  run.scenario.expectations.push_back({.phases = {0, 1}, .that = {expression("http_req_failed rate < 10%")}});
  run.scenario.recoveries.push_back({.within = 5s, .when = {expression("http_req_failed rate < 1%")}});
  run.scenario.budgets.push_back({"availability", Ratio{0.99}, Ratio{1}});
  run.scenario.invariants = {scenario::Invariant::every_accepted_run_ends};
  run.play_phases();
  run.requests(100, 0);
  run.requests(98, 10);
  run.requests(2, 10, std::nullopt);
  run.requests(100, 20);
  run.fault("f", true, "phase", 10);
  run.acted("f");
  run.probe(symptom, true, false, "PONG");
  run.probe(symptom, false, true, "refused");
  run.step_end(mitigation, true, "restarted", 17);
  run.fault("f", false, "mitigation", 17);
  run.accepted_run(1, "steady", "completed");
  return run;
}

TEST(Judge, FillsInTheResultFromScenarioAndJournal) {
  const result::Result result = whole().judged();
  EXPECT_EQ(result.scenario, "paper");
  EXPECT_EQ(result.title, "On paper");
  EXPECT_EQ(result.seed, 7U);
  EXPECT_EQ(result.verdict, Verdict::held);
  EXPECT_EQ(result.phases.size(), 3U);
  EXPECT_EQ(result.recovery, Duration(0));
  EXPECT_NEAR(result.budget_spent.value_or(-1), 2.0 / 3, 1e-9) << "2 errors of the 3 that 1 % of 300 allow";
  std::vector<std::string> kinds;
  for (const result::Check& check : result.checks) {
    kinds.push_back(check.kind);
  }
  EXPECT_THAT(kinds, ElementsAre("validity", "validity", "validity", "validity", "expectation", "expectation",
                                 "symptom", "mitigation", "recovery", "budget", "invariant"));
}

TEST(Judge, FailsWithOneFailureAndIsInvalidWithOneDoubt) {
  RunOnPaper run = whole();
  run.accepted_run(2, "steady", "running");
  EXPECT_EQ(run.judged().verdict, Verdict::failed);
  std::erase_if(run.journal, [](const auto& record) { return record["kind"] == "decision"; });
  EXPECT_EQ(run.judged().verdict, Verdict::invalid);
}

TEST(Judge, SaysTheSameOfTheSameJournal) {
  const RunOnPaper run = whole();
  EXPECT_EQ(result::to_json(run.judged()).dump(), result::to_json(run.judged()).dump());
}

}  // namespace
}  // namespace faultline::judge
