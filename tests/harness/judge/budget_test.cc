#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using result::Verdict;
using namespace std::chrono_literals;
using testing::HasSubstr;
using Of = slo::Indicator::Of;

RunOnPaper spending(int good, int bad, double target, double at_most) {
  RunOnPaper run;
  run.scenario.budgets.push_back({"availability", Ratio{target}, Ratio{at_most}});
  run.requests(good, 0);
  for (int i = 0; i < bad; ++i) {
    if (i % 2 == 0) {
      run.request(10, std::nullopt);
    } else {
      run.request(10, 0.01, false);  // an answer that is not expected is an error too
    }
  }
  return run;
}

TEST(Budget, IsWhatTheTargetLeavesOfTheRequests) {
  // 1 % of 1000 requests allows 10 errors; 4 are 40 % of them.
  RunOnPaper run = spending(996, 4, 0.99, 0.5);
  const auto check = run.check("budget");
  EXPECT_EQ(check.verdict, Verdict::held);
  EXPECT_EQ(check.target, "<= 50%");
  EXPECT_EQ(check.actual, "40.0%");
  EXPECT_EQ(check.margin, "10.0 points left");
  EXPECT_NEAR(run.judged().budget_spent.value_or(0), 0.4, 1e-9);
}

TEST(Budget, FailsWhenMoreWasSpent) {
  const auto check = spending(980, 20, 0.99, 1).check("budget");  // 20 of 10
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "200.0%");
  EXPECT_EQ(check.margin, "100.0 points over");
  // 2 % of a run of 30 s are 0.6 s = 0.01 min; 1 % of 30 days is 432 min.
  EXPECT_THAT(check.detail,
              HasSubstr("20 errors of 1000 requests; allowed 1% x 1000 = 10.00; 20.00 / 10.00 = 200.0%"));
  EXPECT_THAT(check.detail, HasSubstr("0.010 min of the 432.0 min that 99%"));
}

TEST(Budget, MayBeSpentToTheLastError) {
  // 1 - 0.9 is less than 0.1 in binary, so that 3 / (0.1 x 30) comes out a little above 1.
  EXPECT_EQ(spending(27, 3, 0.9, 1).check("budget").verdict, Verdict::held);
  EXPECT_EQ(spending(26, 4, 0.9, 1).check("budget").verdict, Verdict::failed);
  EXPECT_EQ(spending(2997, 3, 0.999, 1).check("budget").verdict, Verdict::held);
}

TEST(Budget, OfNothingMayBeSpent) {
  EXPECT_EQ(spending(100, 0, 0.99, 0).check("budget").verdict, Verdict::held);
  EXPECT_EQ(spending(100, 1, 0.99, 0).check("budget").verdict, Verdict::failed);
}

TEST(Budget, FailsWithoutRequests) {
  const auto run = spending(0, 0, 0.99, 1);
  EXPECT_EQ(run.check("budget").verdict, Verdict::failed);
  EXPECT_EQ(run.check("budget").actual, "no requests");
  EXPECT_EQ(run.judged().budget_spent, std::nullopt);
}

// A minute with 20 requests a second, of which those of the 10 s from 20 s on are errors.
RunOnPaper outage() {
  RunOnPaper run;
  run.scenario.phases = {{"all", 0s, 60s, {}}};
  run.scenario.objectives = {{"availability", "What is expected", Ratio{0.999}, {}},
                             {"runs", "", Ratio{0.95}, {.of = Of::runs}}};
  for (int i = 0; i < 1200; ++i) {
    run.request(i / 20.0, 0.01, i < 400 || i >= 600);
  }
  return run;
}

TEST(Budgets, AreOfEveryObjectiveThatThereAreEventsOf) {
  const result::Result result = outage().judged();
  ASSERT_EQ(result.budgets.size(), 1U) << "no run was accepted";
  const result::Budget& budget = result.budgets[0];
  EXPECT_EQ(budget.slo, "availability");
  EXPECT_EQ(budget.summary, "What is expected");
  EXPECT_EQ(budget.target, 0.999);
  EXPECT_EQ(budget.events, 1200U);
  EXPECT_EQ(budget.bad, 200U);
  EXPECT_NEAR(budget.allowed, 1.2, 1e-9);
  EXPECT_NEAR(budget.spent, 166.67, 0.01) << "16,667%";
  // 200 of 1,200 of 60 s are 10 s; 0.1% of 43,200 min are 43.2 min.
  EXPECT_NEAR(budget.cost_minutes, 10.0 / 60, 1e-9);
  EXPECT_NEAR(budget.month_minutes, 43.2, 1e-9);
  EXPECT_NEAR(budget.cost_minutes / budget.month_minutes, 0.00386, 1e-5);
  EXPECT_EQ(result.budget_spent, std::nullopt) << "nobody expected anything of it";
  EXPECT_TRUE(outage().checks("budget").empty());
}

TEST(Budgets, HaveTheirBurnRatesByTheScaleOfTheScenario) {
  RunOnPaper run = outage();
  const auto burns = run.judged().budgets.at(0).burns;
  ASSERT_EQ(burns.size(), 3U);
  EXPECT_EQ(burns[0].threshold, 14.4);
  EXPECT_EQ(burns[0].long_window, 1h);
  EXPECT_EQ(burns[0].short_window, 5min);
  EXPECT_EQ(burns[0].long_in_run, 60s);
  EXPECT_EQ(burns[0].short_in_run, 5s);
  EXPECT_NEAR(burns[0].peak.value(), 333.33, 0.01);
  EXPECT_EQ(burns[0].fired_at, 20s + 250ms);
  EXPECT_EQ(burns[0].until, 34s + 850ms);
  EXPECT_EQ(burns[2].left_out, "the run of 1m is shorter than its short window of 6m");
  run.scenario.window_scale = 600;
  EXPECT_EQ(run.judged().budgets.at(0).burns[0].long_in_run, 6s);
  EXPECT_EQ(run.judged().budgets.at(0).burns[2].left_out, "");
}

TEST(Budgets, AreWhatAnExpectationIsJudgedBy) {
  RunOnPaper run = outage();
  run.scenario.objectives.push_back({"latency", "", Ratio{0.95}, {.of = Of::requests, .within = 200ms}});
  run.scenario.budgets = {{"latency", Ratio{0.95}, Ratio{0.2}, {.of = Of::requests, .within = 200ms}}};
  const auto check = run.check("budget");
  EXPECT_EQ(check.verdict, Verdict::held);
  EXPECT_EQ(check.actual, "0.0%");
  EXPECT_THAT(check.detail, HasSubstr("0 bad of 1200 requests; allowed 5% x 1200 = 60.00;"));
  EXPECT_EQ(run.judged().budget_spent, 0) << "that of the availability was not expected";
}

TEST(Budget, OfRunsFailsWithoutRunsAndOfWebhooksIsUnknownWithoutALog) {
  RunOnPaper run = outage();
  run.scenario.budgets = {{"runs", Ratio{0.95}, Ratio{1}, {.of = Of::runs}}};
  EXPECT_EQ(run.check("budget").verdict, Verdict::failed);
  EXPECT_EQ(run.check("budget").actual, "no runs");
  run.scenario.webhooks = scenario::WebhookReceiver{};
  run.scenario.budgets = {{"webhooks", Ratio{0.95}, Ratio{1}, {.of = Of::webhooks}}};
  EXPECT_EQ(run.check("budget").verdict, Verdict::invalid);
  EXPECT_EQ(run.check("budget").actual, "there is no log of webhooks");
}

}  // namespace
}  // namespace faultline::judge
