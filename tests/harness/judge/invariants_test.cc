#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using nlohmann::ordered_json;
using result::Verdict;
using scenario::Invariant;
using testing::HasSubstr;

RunOnPaper with(Invariant invariant) {
  RunOnPaper run;
  run.scenario.invariants = {invariant};
  return run;
}

TEST(EveryAcceptedRunEnds, HoldsWhenEachIsCompletedOrFailed) {
  RunOnPaper run = with(Invariant::every_accepted_run_ends);
  run.accepted_run(1, "steady", "completed");
  run.accepted_run(2, "incident", "failed");
  EXPECT_EQ(run.check("invariant").verdict, Verdict::held);
  EXPECT_EQ(run.check("invariant").actual, "2 of 2 ended");
}

TEST(EveryAcceptedRunEnds, NamesTheFirstThatDidNot) {
  for (const char* status : {"running", "pending", "unknown"}) {
    RunOnPaper run = with(Invariant::every_accepted_run_ends);
    run.accepted_run(1, "steady", "completed");
    run.accepted_run(2, "incident", status);
    run.accepted_run(3, "incident", status);
    const auto check = run.check("invariant");
    EXPECT_EQ(check.verdict, Verdict::failed);
    EXPECT_EQ(check.actual, "1 of 3 ended");
    EXPECT_EQ(check.margin, "2 short");
    EXPECT_EQ(check.detail, std::string("the first is arrival 2, job job-2: ") + status);
  }
}

TEST(EveryAcceptedRunEnds, FailsWhenNoneWasAccepted) {
  EXPECT_EQ(with(Invariant::every_accepted_run_ends).check("invariant").verdict, Verdict::failed);
}

// 20 runs accepted in each phase; so many of them complete.
RunOnPaper completing(int steady, int incident, int recovery) {
  RunOnPaper run = with(Invariant::accepted_runs_complete);
  for (int k = 0; k < 20; ++k) {
    run.accepted_run(k, "steady", k < steady ? "completed" : "failed");
    run.accepted_run(100 + k, "incident", k < incident ? "completed" : "failed");
    run.accepted_run(200 + k, "recovery", k < recovery ? "completed" : "failed");
  }
  return run;
}

TEST(AcceptedRunsComplete, AreCountedInEachPhaseOnItsOwn) {
  const auto checks = completing(20, 19, 18).checks("invariant");  // 57 of 60 would be the 95 % asked for
  ASSERT_EQ(checks.size(), 3U);
  EXPECT_EQ(checks[0].where, "steady");
  EXPECT_EQ(checks[0].verdict, Verdict::held);
  EXPECT_EQ(checks[0].margin, "5.00 points to spare");
  EXPECT_EQ(checks[1].where, "incident");
  EXPECT_EQ(checks[1].verdict, Verdict::held);
  EXPECT_EQ(checks[1].actual, "95.00%");
  EXPECT_EQ(checks[2].where, "recovery");
  EXPECT_EQ(checks[2].verdict, Verdict::failed);
  EXPECT_EQ(checks[2].margin, "5.00 points short");
  EXPECT_EQ(checks[2].detail,
            "18 of 20 completed; the first that did not is arrival 218, job job-218: failed");
}

TEST(AcceptedRunsComplete, MayHaveAnotherFloorInAPhase) {
  RunOnPaper run = completing(20, 10, 20);
  run.scenario.complete_at_least_in["incident"] = Ratio{0.5};
  EXPECT_EQ(run.checks("invariant")[1].verdict, Verdict::held);
  run.scenario.complete_at_least_in["incident"] = Ratio{0.55};
  EXPECT_EQ(run.checks("invariant")[1].verdict, Verdict::failed);
}

TEST(AcceptedRunsComplete, NeedsOneInEachPhaseUnlessItsFloorIsNone) {
  RunOnPaper run = with(Invariant::accepted_runs_complete);
  run.accepted_run(1, "steady", "completed");
  run.scenario.complete_at_least_in["recovery"] = Ratio{0};
  const auto checks = run.checks("invariant");
  EXPECT_EQ(checks[0].verdict, Verdict::held);
  EXPECT_EQ(checks[1].verdict, Verdict::failed);
  EXPECT_EQ(checks[1].actual, "no run was accepted");
  EXPECT_EQ(checks.size(), 2U) << "of the third nothing is asked";
}

void stranger(RunOnPaper& run, int k, int status) {
  run.write("observation", 31,
            {{"of", "stranger"},
             {"k", k},
             {"target", "/api/v1/jobs/j"},
             {"tenant", "tenant-b"},
             {"status", status}});
}

TEST(NoTenantSeesAnother, HoldsWhenEveryStrangerIsRefused) {
  RunOnPaper run = with(Invariant::no_tenant_sees_another);
  for (const int status : {401, 403, 404}) {
    stranger(run, 1, status);
  }
  EXPECT_EQ(run.check("invariant").verdict, Verdict::held);
  EXPECT_EQ(run.check("invariant").actual, "3 of 3 refused");
  stranger(run, 7, 200);
  stranger(run, 8, 0);
  const auto seen = run.check("invariant");
  EXPECT_EQ(seen.verdict, Verdict::failed);
  EXPECT_EQ(seen.actual, "3 of 5 refused") << "where there is no answer nothing was shown";
  EXPECT_EQ(seen.detail, "the first that was not: tenant-b asked for /api/v1/jobs/j, of arrival 7: HTTP 200");
}

TEST(NoTenantSeesAnother, DoesNotHoldWhenNobodyAsked) {
  EXPECT_EQ(with(Invariant::no_tenant_sees_another).check("invariant").verdict, Verdict::failed);
}

TEST(RepeatsAnsweredAlike, HoldsWhenEachRepeatIs) {
  RunOnPaper run = with(Invariant::repeats_answered_alike);
  run.request(1);
  EXPECT_EQ(run.check("invariant").actual, "no request was sent again");
  EXPECT_EQ(run.check("invariant").verdict, Verdict::failed);
  run.request(2);
  run.journal.back()["alike"] = true;
  EXPECT_EQ(run.check("invariant").verdict, Verdict::held);
  run.request(3);
  run.journal.back()["alike"] = false;
  EXPECT_EQ(run.check("invariant").verdict, Verdict::failed);
  EXPECT_EQ(run.check("invariant").actual, "1 of 2 as the first time");
  EXPECT_EQ(run.check("invariant").detail, "the first that was not is GET / of arrival 1");
}

RunOnPaper with_ledger() {
  RunOnPaper run = with(Invariant::reports_match_the_ledger);
  run.write("observation", 40,
            {{"of", "ledger"}, {"summary", {{"matched", 490}, {"mismatched", 7}, {"total", 500}}}});
  return run;
}

TEST(ReportsMatchTheLedger, FieldByField) {
  RunOnPaper run = with_ledger();
  run.report(1, {{"total", 500}, {"mismatched", 7}, {"matched", 490}, {"stale", false}});
  EXPECT_EQ(run.check("invariant").verdict, Verdict::held) << "in any order, and with fields of its own";
  run.report(2, {{"matched", 490}, {"mismatched", 8}, {"total", 501}});
  run.report(3, {{"matched", 0}, {"mismatched", 0}, {"total", 0}});
  const auto check = run.check("invariant");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "1 of 3 match");
  EXPECT_EQ(check.margin, "2 short");
  EXPECT_THAT(check.detail, HasSubstr("arrival 2, job job-2: its 'mismatched' is 8, and should be 7"));
}

TEST(ReportsMatchTheLedger, MissesAFieldThatIsNotThere) {
  RunOnPaper run = with_ledger();
  run.report(1, ordered_json::object());
  EXPECT_THAT(run.check("invariant").detail, HasSubstr("it has no 'matched', which is 490"));
}

TEST(ReportsMatchTheLedger, PassesOverWhatIsMarkedStale) {
  RunOnPaper run = with_ledger();
  run.report(1, {{"matched", 1}, {"mismatched", 1}, {"total", 1}}, true);
  EXPECT_EQ(run.check("invariant").verdict, Verdict::failed) << "nothing fresh was there to compare";
  EXPECT_EQ(run.check("invariant").actual, "no report");
  run.report(2, {{"matched", 490}, {"mismatched", 7}, {"total", 500}});
  EXPECT_EQ(run.check("invariant").verdict, Verdict::held);
  EXPECT_EQ(run.check("invariant").detail, "1 more were marked stale, and not compared");
}

TEST(ReportsMatchTheLedger, IsNotJudgedWithoutALedger) {
  RunOnPaper run = with(Invariant::reports_match_the_ledger);
  run.report(1, {{"matched", 490}});
  EXPECT_EQ(run.check("invariant").verdict, Verdict::invalid);
}

}  // namespace
}  // namespace faultline::judge
