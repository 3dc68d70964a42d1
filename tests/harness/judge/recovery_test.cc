#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using namespace std::chrono_literals;
using result::Verdict;
using scenario::Step;
using testing::HasSubstr;

// Good requests every 250 ms of the whole run, which ends at 30 s, but for those in [from, to).
RunOnPaper run_without(double from = 0, double to = 0) {
  RunOnPaper run;
  run.add_fault("f");
  run.scenario.recoveries.push_back({.within = 5s, .when = {expression("http_req_failed rate < 1%")}});
  for (int i = 0; i < 120; ++i) {
    const double due = i * 0.25;
    if (due < from || due >= to) {
      run.request(due);
    }
  }
  return run;
}

RunOnPaper lifted_at(double t, double from = 0, double to = 0) {
  RunOnPaper run = run_without(from, to);
  run.fault("f", true, "phase", 10);
  run.fault("f", false, "phase", t);
  return run;
}

TEST(Recovery, IsTheStartOfTheFirstWindowFromWhichAllAreGood) {
  // Lifted at 20.5 s: windows begin at 20.5, 21.5, … 28.5. Errors at 21.4 (the first window) and 22.5 (the third)
  // leave the fourth as the first from which all are good: 3 s after. Six good windows follow, 5 s are asked for.
  RunOnPaper run = lifted_at(20.5);
  run.request(21.4, std::nullopt);
  run.request(22.5, std::nullopt);
  const auto check = run.check("recovery");
  EXPECT_EQ(check.verdict, Verdict::held) << check.detail;
  EXPECT_EQ(check.actual, "3.00 s");
  EXPECT_EQ(check.margin, "2.00 s left");
  EXPECT_EQ(run.judged().recovery, Duration(3s));
}

TEST(Recovery, FailsWhenItTookTooLong) {
  RunOnPaper run = lifted_at(20.5);
  run.request(22.5, std::nullopt);
  run.scenario.recoveries[0].within = 2s;
  const auto check = run.check("recovery");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "3.00 s");
  EXPECT_EQ(check.margin, "1.00 s over");
  EXPECT_THAT(check.detail, HasSubstr("the last bad window ended 3.00 s after the fault was lifted: "
                                      "'http_req_failed rate < 1%' was 20.00%"))
      << "one error and four good requests were due in it";
  EXPECT_EQ(run.judged().recovery, Duration(3s)) << "it did recover";
}

TEST(Recovery, MayTakeExactlyAsLongAsItIsGiven) {
  RunOnPaper run = lifted_at(20.5);
  run.request(22.5, std::nullopt);
  run.scenario.recoveries[0].within = 3s;
  EXPECT_EQ(run.check("recovery").verdict, Verdict::held);
  EXPECT_EQ(run.check("recovery").margin, "0 s left");
}

TEST(Recovery, IsImmediateWhenEveryWindowIsGood) {
  const auto check = lifted_at(20.5).check("recovery");
  EXPECT_EQ(check.verdict, Verdict::held);
  EXPECT_EQ(check.actual, "0 s");
}

TEST(Recovery, CountsFromTheMitigationWhenItEndedAfterTheFault) {
  RunOnPaper run = lifted_at(20);
  run.step_end(run.add_action(Step::Kind::mitigation, 2), true, "restarted", 22);
  run.request(23.5, std::nullopt);  // in the second window from 22 s on
  EXPECT_EQ(run.judged().recovery, Duration(2s));
}

TEST(Recovery, CountsFromTheFaultWhenItEndedAfterTheMitigation) {
  RunOnPaper run = lifted_at(22);
  run.step_end(run.add_action(Step::Kind::mitigation, 1), true, "restarted", 18);
  run.request(23.5, std::nullopt);
  EXPECT_EQ(run.judged().recovery, Duration(2s));
}

TEST(Recovery, CountsFromTheLastOfSeveralFaults) {
  RunOnPaper run = lifted_at(20);
  run.fault("g", true, "phase", 10);
  run.fault("g", false, "phase", 22);
  run.request(23.5, std::nullopt);
  EXPECT_EQ(run.judged().recovery, Duration(2s));
}

TEST(Recovery, OtherStepsEndNoIncident) {
  RunOnPaper run = lifted_at(20);
  run.step_end(run.add_action(Step::Kind::recovery, 2), true, "done", 24);
  run.request(21.5, std::nullopt);
  EXPECT_EQ(run.judged().recovery, Duration(2s)) << "from 20 s on, not from 24 s on";
}

TEST(Recovery, AWindowWithoutRequestsIsNotGood) {
  // Nothing is due in [23.5, 24.5), the fourth window: recovered is the start of the fifth, 4 s after.
  const auto run = lifted_at(20.5, 23.5, 24.5);
  EXPECT_EQ(run.judged().recovery, Duration(4s));
  EXPECT_THAT(run.check("recovery").detail, HasSubstr("no request was due"));
}

TEST(Recovery, NeedsAsManyGoodWindowsAsHoldSays) {
  // Good from 25 s on, which leaves 5 whole windows until 30 s: exactly the 5 s asked for.
  RunOnPaper enough = lifted_at(20);
  enough.request(24.9, std::nullopt);
  EXPECT_EQ(enough.judged().recovery, Duration(5s));
  // Good from 26 s on: 4 windows.
  RunOnPaper too_few = lifted_at(20);
  too_few.request(25.9, std::nullopt);
  const auto check = too_few.check("recovery");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "not recovered");
  EXPECT_THAT(check.detail,
              HasSubstr("not recovered by the end of the run, 10.0 s after the fault was lifted: good "
                        "for the last 4.00 s, and 5.00 s are asked for"));
  EXPECT_EQ(too_few.judged().recovery, std::nullopt);
}

TEST(Recovery, LeavesOutTheLastWindowWhenItIsNotWhole) {
  RunOnPaper run = lifted_at(20.5);  // the ninth window ends at 29.5
  run.request(29.6, std::nullopt);
  EXPECT_EQ(run.judged().recovery, Duration(0));
  run.request(29.4, std::nullopt);
  EXPECT_EQ(run.judged().recovery, std::nullopt) << "an error in the last whole window";
}

TEST(Recovery, GoesByWhenRequestsWereDueNotByWhenTheyWereAnswered) {
  RunOnPaper run = lifted_at(20);
  run.request(19.9, 5.0, false);  // answered, wrongly, at 24.9
  EXPECT_EQ(run.judged().recovery, Duration(0));
}

TEST(Recovery, JudgesPercentilesOfFewRequestsInAWindow) {
  RunOnPaper run = lifted_at(20);
  run.scenario.recoveries[0].when = {expression("http_req_duration p(95) < 200ms")};
  run.request(22.1, 0.3);  // the slowest of five: the 95th percentile of its window
  EXPECT_EQ(run.judged().recovery, Duration(3s));
}

TEST(Recovery, EveryExpressionMustHold) {
  RunOnPaper run = lifted_at(20);
  run.scenario.recoveries[0].when.push_back(expression("http_req_duration max < 200ms"));
  run.request(21.5, 0.3);
  run.request(20.5, std::nullopt);
  EXPECT_EQ(run.judged().recovery, Duration(2s));
}

TEST(Recovery, FailsWhenTheFaultWaitedForAMitigationThatNeverCame) {
  RunOnPaper run = run_without();
  run.scenario.faults[0].until = fault::Until::mitigation;
  run.fault("f", true, "phase", 10);
  run.fault("f", false, "end", 30);
  const auto check = run.check("recovery");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_THAT(check.detail, HasSubstr("the fault was never lifted: 'f'"));
}

TEST(Recovery, FailsWhenAFaultIsStillOn) {
  RunOnPaper run = run_without();
  run.fault("f", true, "phase", 10);
  EXPECT_EQ(run.check("recovery").verdict, Verdict::failed);
  EXPECT_THAT(run.check("recovery").detail, HasSubstr("the fault was never lifted: 'f'"));
}

TEST(Recovery, FailsWhenTheFaultEndedWithTheRun) {
  RunOnPaper run = run_without();
  run.fault("f", true, "phase", 10);
  run.fault("f", false, "end", 30.002);
  EXPECT_EQ(run.check("recovery").verdict, Verdict::failed);
  EXPECT_EQ(run.check("recovery").actual, "not recovered");
}

TEST(Recovery, IsNotJudgedWhereNothingWentWrong) {
  EXPECT_EQ(run_without().check("recovery").verdict, Verdict::invalid);
}

TEST(Recovery, FailsWhereEveryFaultWasTakenOut) {
  RunOnPaper run = run_without();
  run.scenario.faults[0].enabled = false;
  EXPECT_EQ(run.check("recovery").verdict, Verdict::failed);
  EXPECT_EQ(run.check("recovery").actual, "nothing to recover from");
}

TEST(Recovery, OfSeveralIsTheLongest) {
  RunOnPaper run = lifted_at(20);
  run.scenario.recoveries.push_back({.within = 5s, .when = {expression("http_req_duration max < 200ms")}});
  run.request(20.5, std::nullopt);
  run.request(22.5, 0.3);
  EXPECT_EQ(run.judged().recovery, Duration(3s));
  EXPECT_EQ(run.checks("recovery").size(), 2U);
}

}  // namespace
}  // namespace faultline::judge
