#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using result::Verdict;
using testing::HasSubstr;

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

}  // namespace
}  // namespace faultline::judge
