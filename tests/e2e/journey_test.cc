// Journeys one at a time, and boundaries that wait: what is whose is beyond doubt.

#include <gmock/gmock.h>

#include <future>
#include <nlohmann/json.hpp>
#include <set>

#include "command.h"
#include "core/journal.h"
#include "service_under_test.h"

namespace faultline::e2e {
namespace {

std::vector<nlohmann::ordered_json> records_of(const std::filesystem::path& run, const std::string& kind) {
  std::vector<nlohmann::ordered_json> found;
  for (const auto& record : read_journal(run / "journal.ndjson").records) {
    if (record.at("kind") == kind) {
      found.push_back(record);
    }
  }
  return found;
}

TEST(Journey, AgainstTheReferenceServiceHasTheSameTraceEachTime) {
  constexpr int kRuns = 20, kAtOnce = 2;
  const Scratch scratch;
  std::set<std::string> traces;
  for (int i = 0; i < kRuns; i += kAtOnce) {
    std::vector<std::future<Said>> runs;
    for (int j = i; j < i + kAtOnce; ++j) {
      runs.push_back(std::async(std::launch::async, [&scratch, j] {
        const std::string out = (scratch / std::to_string(j)).string();
        const Said said = run({"run", "suites/journeys/reconcile.toml", "--out", out});
        EXPECT_EQ(said.status, 0) << said.out << said.err;
        return run({"trace", out});
      }));
    }
    for (auto& each : runs) {
      traces.insert(each.get().out);
    }
  }
  EXPECT_EQ(traces.size(), 1U) << *traces.begin() << "----\n" << *traces.rbegin();

  std::map<std::string, int> by_dependency;
  int background = 0, all = 0;
  for (const auto& point : records_of(scratch / "0", "fault_point")) {
    ++by_dependency[point.at("dependency")];
    background += point.at("known") == "background" ? 1 : 0;
    ++all;
  }
  EXPECT_EQ(by_dependency.size(), 4U);
  EXPECT_GE(all, 40);
  EXPECT_LE(background * 20, all) << "one in twenty";
}

// Answers of the first phase come 600 ms late.
constexpr const char* kSlowPhase = R"(
[[phase]]
name = "second"
for  = "1s"
boundary = "drain"
[[fault]]
name   = "slow"
on     = "service"
during = "only"
match  = { method = "GET" }
edge   = "response"
inject = { delay = { by = "600ms" } }
)";

TEST(Drain, WaitsForThePhaseBeforeAndComesLaterByThat) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string out = (scratch / "run").string();
  const Said said = run({"run", service.scenario(scratch, kSlowPhase), "--out", out});
  ASSERT_EQ(said.status, 0) << said.out << said.err;
  const auto phases = records_of(out, "phase");
  ASSERT_EQ(phases.size(), 4U);
  const double waited = phases[1].at("waited");
  EXPECT_GE(waited, 0.55) << "the last arrival was due 25 ms before the boundary";
  EXPECT_EQ(phases[1].at("settled"), true);
  constexpr double kRounding = 1e-6;  // of seconds as JSON has them
  int second = 0;
  for (const auto& arrival : records_of(out, "arrival")) {
    if (arrival.at("phase") == "second") {
      ++second;
      EXPECT_GE(arrival.at("due").get<double>(), 1 + waited - kRounding);
    }
  }
  EXPECT_EQ(second, 40);
  std::set<int> slow;
  for (const auto& decision : records_of(out, "decision")) {
    slow.insert(std::stoi(decision.at("cause").get<std::string>()));
  }
  EXPECT_EQ(slow.size(), 40U);
  EXPECT_EQ(*slow.rbegin(), 40) << "those that were due in the first phase, and no others";
}

TEST(Drain, WaitsNoLongerThanItIsGiven) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string out = (scratch / "run").string();
  const std::string file = service.scenario(scratch, std::string(kSlowPhase));
  const Said said = run({"run", file, "--set", "phase.second.at_most=100ms", "--out", out});
  ASSERT_EQ(said.status, 0) << said.out << said.err;
  const auto phases = records_of(out, "phase");
  EXPECT_EQ(phases.at(1).at("settled"), false);
  EXPECT_GE(phases[1].at("waited").get<double>(), 0.1);
}

}  // namespace
}  // namespace faultline::e2e
