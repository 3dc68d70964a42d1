#include "result/result.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace faultline::result {
namespace {

using namespace std::chrono_literals;

Result example() {
  Result result;
  result.scenario = "redis-down";
  result.title = "Redis down";
  result.version = "0.1.0";
  result.seed = 18446744073709551615ULL;
  result.file = "redis-down.toml";
  result.repeat = "faultline run redis-down.toml --seed 1";
  result.directory = "runs/x";
  result.verdict = Verdict::failed;
  result.stopped = true;
  result.notes = {"the teardown of flow 'f' ended at 'DELETE /x': HTTP 500"};
  result.checks = {{"expectation", "http_req_failed rate < 1%", "incident", "< 1%", "3.42%",
                    "2.42 points over", Verdict::failed, "of 200 requests"},
                   {"validity", "the service was reached", "run", "", "", "", Verdict::held, ""}};
  result.phases = {{"steady", 10, 200, 420, 2, 12ms, 1234567ns, 3min}, {"idle", 1, 0, 0, 0, {}, {}, {}}};
  result.phases[0].calls_per_arrival = {{"postgres", 9.84}};
  result.causes = {1, 2, 3, 4};
  result.recovery = 3s;
  result.budget_spent = 0.1 + 0.2;
  result.budgets = {
      {"availability",
       "answered as expected",
       0.999,
       3000,
       9,
       3,
       3,
       0.13,
       43.2,
       {{14.4, 1h, 5min, 60s, 5s, 8.25, 6s, 11s, ""}, {6, 6h, 30min, 6min, 30s, {}, {}, {}, "too short"}}}};
  result.levels = {{"http_req_duration p(95)", "steady", "< 200 ms", "< 500 ms", "134 ms", "target"}};
  result.start_up = {{"postgres", 1ms, 812345678ns}};
  result.ready_after = 1900ms;
  return result;
}

TEST(ResultJson, ComesBackAsItWas) {
  const nlohmann::ordered_json json = to_json(example());
  const Result back = from_json(nlohmann::ordered_json::parse(json.dump()));
  EXPECT_EQ(to_json(back).dump(), json.dump());
  EXPECT_EQ(back.seed, 18446744073709551615ULL);
  EXPECT_EQ(back.verdict, Verdict::failed);
  EXPECT_TRUE(back.stopped);
  EXPECT_THAT(back.notes, ::testing::ElementsAre("the teardown of flow 'f' ended at 'DELETE /x': HTTP 500"));
  EXPECT_EQ(back.file, "redis-down.toml");
  ASSERT_EQ(back.checks.size(), 2U);
  EXPECT_EQ(back.checks[0].margin, "2.42 points over");
  EXPECT_EQ(back.checks[1].verdict, Verdict::held);
  ASSERT_EQ(back.phases.size(), 2U);
  EXPECT_EQ(back.phases[0].p95, Duration(1234567)) << "to the nanosecond";
  EXPECT_EQ(back.phases[0].p99, Duration(3min));
  EXPECT_EQ(back.phases[1].p50, std::nullopt);
  EXPECT_EQ(back.phases[0].calls_per_arrival.at("postgres"), 9.84);
  EXPECT_EQ(back.causes.all(), 10U);
  EXPECT_EQ(back.recovery, Duration(3s));
  EXPECT_EQ(back.budget_spent, 0.1 + 0.2);
  ASSERT_EQ(back.budgets.size(), 1U);
  EXPECT_EQ(back.budgets[0].bad, 9U);
  EXPECT_EQ(back.budgets[0].burns.at(0).fired_at, Duration(6s));
  EXPECT_EQ(back.budgets[0].burns.at(1).peak, std::nullopt);
  EXPECT_EQ(back.levels.at(0).actual, "134 ms");
  EXPECT_EQ(back.start_up.at(0).took, Duration(812345678));
  EXPECT_EQ(back.ready_after, Duration(1900ms));
}

TEST(ResultJson, LeavesNoKeyOutWhenThereIsNoFigure) {
  Result result = example();
  result.recovery.reset();
  result.budget_spent.reset();
  const auto json = to_json(result);
  EXPECT_TRUE(json.at("recovery").is_null());
  EXPECT_TRUE(json.at("budget_spent").is_null());
  EXPECT_EQ(from_json(json).recovery, std::nullopt);
  EXPECT_EQ(from_json(json).budget_spent, std::nullopt);
}

TEST(ResultJson, RefusesWhatIsNoResult) {
  auto other = to_json(example());
  other["schema"] = "faultline.result/2";
  EXPECT_THROW(from_json(other), EnvironmentError);
  auto torn = to_json(example());
  torn["checks"][0].erase("verdict");
  EXPECT_THROW(from_json(torn), EnvironmentError);
  auto odd = to_json(example());
  odd["verdict"] = "passed";
  EXPECT_THROW(from_json(odd), EnvironmentError);
  EXPECT_THROW(from_json(nlohmann::ordered_json::array()), EnvironmentError);
}

TEST(Verdict, IsTheWorstAndInvalidIsWorse) {
  const Check held{.verdict = Verdict::held}, failed{.verdict = Verdict::failed},
      invalid{.verdict = Verdict::invalid};
  EXPECT_EQ(overall({}), Verdict::held);
  EXPECT_EQ(overall({held, held}), Verdict::held);
  EXPECT_EQ(overall({held, failed, held}), Verdict::failed);
  EXPECT_EQ(overall({failed, invalid, failed}), Verdict::invalid);
}

TEST(Verdict, HasTheExitStatusOfTheCommandLine) {
  EXPECT_EQ(exit_status(Verdict::held), 0);
  EXPECT_EQ(exit_status(Verdict::failed), 1);
  EXPECT_EQ(exit_status(Verdict::invalid), 4);
}

}  // namespace
}  // namespace faultline::result
