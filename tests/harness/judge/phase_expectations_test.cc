#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using result::Verdict;
using testing::HasSubstr;

// A run with one expectation of the incident, from 10 s to 20 s.
RunOnPaper expecting(const std::string& text) {
  RunOnPaper run;
  run.scenario.expectations.push_back({.phases = {1}, .that = {expression(text)}});
  return run;
}

TEST(PhaseExpectation, AnErrorIsNoAnswerOrAStatusThatIsNotExpected) {
  // 195 good, 3 without an answer, 2 with another status: 5 of 200 are 2.5 %.
  const auto with_errors = [](const std::string& text) {
    RunOnPaper run = expecting(text);
    run.requests(195, 10);
    run.requests(3, 10, std::nullopt);
    run.requests(2, 10, 0.01, false);
    return run.check("expectation");
  };
  const auto failed = with_errors("http_req_failed rate < 1%");
  EXPECT_EQ(failed.verdict, Verdict::failed);
  EXPECT_EQ(failed.what, "http_req_failed rate < 1%");
  EXPECT_EQ(failed.where, "incident");
  EXPECT_EQ(failed.target, "< 1%");
  EXPECT_EQ(failed.actual, "2.50%");
  EXPECT_EQ(failed.margin, "1.50 points over");
  const auto held = with_errors("http_req_failed rate < 3%");
  EXPECT_EQ(held.verdict, Verdict::held);
  EXPECT_EQ(held.margin, "0.50 points left");
}

TEST(PhaseExpectation, KnowsOfHowManyRequestsNobodyKnowsWhetherTheyWereDone) {
  RunOnPaper run = expecting("http_req_unknown rate == 0%");
  run.requests(99, 10);
  run.request(19, std::nullopt);
  run.journal.back()["outcome"] = "failed";  // refused: it was not done
  EXPECT_EQ(run.check("expectation").verdict, Verdict::held);
  run.journal.back()["outcome"] = "unknown";
  EXPECT_EQ(run.check("expectation").verdict, Verdict::failed);
  EXPECT_EQ(run.check("expectation").actual, "1.00%");
}

void calls(RunOnPaper& run, const std::string& phase, const std::string& edge, int postgres) {
  run.write("observation", 0,
            {{"of", "calls"}, {"phase", phase}, {"edge", edge}, {"calls", {{"postgres", postgres}}}});
}

TEST(PhaseExpectation, DividesTheCallsOfAPhaseByItsArrivals) {
  RunOnPaper run = expecting("postgres calls_per_arrival < 2 x steady");
  run.scenario.dependencies = {{"postgres"}};
  calls(run, "steady", "begin", 10);
  calls(run, "steady", "end", 40);
  calls(run, "incident", "begin", 40);
  calls(run, "incident", "end", 90);
  for (int k = 1; k <= 20; ++k) {
    run.write(
        "arrival", 1,
        {{"k", k}, {"phase", k <= 10 ? "steady" : "incident"}, {"journey", "j"}, {"due", 1}, {"late", 0}});
  }
  const auto held = run.check("expectation");
  EXPECT_EQ(held.verdict, Verdict::held);
  EXPECT_EQ(held.actual, "5.00") << "(90 - 40) / 10";
  EXPECT_EQ(held.target, "< 2 x steady (6.00)") << "2 x (40 - 10) / 10";
  EXPECT_EQ(held.margin, "1.00 left");
  EXPECT_EQ(run.judged().phases[1].calls_per_arrival.at("postgres"), 5);

  run.scenario.expectations[0].that = {expression("postgres calls_per_arrival <= 1.5 x steady")};
  const auto failed = run.check("expectation");
  EXPECT_EQ(failed.verdict, Verdict::failed);
  EXPECT_EQ(failed.margin, "0.50 over");
}

TEST(PhaseExpectation, ComparesAnyNumberWithThatOfAnotherPhase) {
  RunOnPaper run = expecting("http_req_duration max <= 3 x steady");
  run.request(5, 0.1);
  run.request(15, 0.3);
  EXPECT_EQ(run.check("expectation").verdict, Verdict::held);
  run.request(16, 0.31);
  EXPECT_EQ(run.check("expectation").verdict, Verdict::failed);
}

TEST(PhaseExpectation, IsInvalidWhereThereIsNothingToCompareWith) {
  RunOnPaper run = expecting("http_req_duration max <= 3 x steady");
  run.request(15, 0.3);
  const auto check = run.check("expectation");
  EXPECT_EQ(check.verdict, Verdict::invalid);
  EXPECT_THAT(check.detail, HasSubstr("'steady' has no such number"));
}

TEST(PhaseExpectation, CountsTheRequestsThatWereDueInThePhase) {
  RunOnPaper run = expecting("http_reqs count == 3");
  run.request(9.999);
  run.request(10);
  run.request(15);
  run.request(19.999);
  run.request(20);
  EXPECT_EQ(run.check("expectation").verdict, Verdict::held) << run.check("expectation").actual;
}

TEST(PhaseExpectation, APercentileIsTheNearestRankOfTheAnswered) {
  // 1 ms, 2 ms, …, 200 ms: the 95th percentile is the 190th of them.
  const auto staircase = [](const std::string& text) {
    RunOnPaper run = expecting(text);
    for (int i = 200; i >= 1; --i) {
      run.request(15, i * 1e-3);
    }
    run.request(15, std::nullopt);
    return run.check("expectation");
  };
  EXPECT_EQ(staircase("http_req_duration p(95) <= 190ms").verdict, Verdict::held);
  const auto failed = staircase("http_req_duration p(95) < 100ms");
  EXPECT_EQ(failed.verdict, Verdict::failed);
  EXPECT_EQ(failed.actual, "190 ms");
  EXPECT_EQ(failed.margin, "90.0 ms over");
  EXPECT_EQ(staircase("http_req_duration med == 100ms").verdict, Verdict::held);
  EXPECT_EQ(staircase("http_req_duration max == 200ms").verdict, Verdict::held);
  EXPECT_EQ(staircase("http_req_duration min == 1ms").verdict, Verdict::held);
  // (1 + 2 + … + 200) / 200 = 100.5
  EXPECT_EQ(staircase("http_req_duration avg == 100.5ms").verdict, Verdict::held);
}

TEST(PhaseExpectation, ARateOfRequestsIsOverTheLengthOfThePhase) {
  RunOnPaper run = expecting("http_reqs rate >= 20/s");
  run.requests(182, 10);  // in 10 s
  const auto check = run.check("expectation");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "18.2/s");
  EXPECT_EQ(check.margin, "1.8/s short");
}

TEST(PhaseExpectation, ChecksAreCountedAcrossRequests) {
  RunOnPaper run = expecting("checks rate > 90%");
  run.request(11);
  run.journal.back()["checks"] = {{"passed", 2}, {"failed", 0}};
  run.request(12);
  run.journal.back()["checks"] = {{"passed", 1}, {"failed", 1}};
  run.request(13);  // checks nothing
  const auto check = run.check("expectation");
  EXPECT_EQ(check.actual, "75.00%") << "3 of 4";
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.margin, "15.00 points short");
}

TEST(PhaseExpectation, FailsWithoutSamples) {
  for (const char* text :
       {"http_req_failed rate < 1%", "http_req_duration p(95) < 1s", "http_reqs count < 9"}) {
    RunOnPaper run = expecting(text);
    run.request(5);  // in another phase
    EXPECT_EQ(run.check("expectation").verdict, Verdict::failed) << text;
    EXPECT_EQ(run.check("expectation").actual, "no requests") << text;
  }
  RunOnPaper unanswered = expecting("http_req_duration max < 1s");
  unanswered.request(15, std::nullopt);
  EXPECT_EQ(unanswered.check("expectation").verdict, Verdict::failed);
  EXPECT_EQ(unanswered.check("expectation").actual, "no samples");
}

TEST(PhaseExpectation, APercentileOfTooFewRequestsIsNotJudged) {
  RunOnPaper run = expecting("http_req_duration p(95) < 1s");  // needs 200
  run.requests(199, 10);
  EXPECT_EQ(run.check("expectation").verdict, Verdict::invalid);
  EXPECT_THAT(run.check("expectation").detail, HasSubstr("could not be judged: it needs 200"));
  run.request(15);
  EXPECT_EQ(run.check("expectation").verdict, Verdict::held);
}

TEST(PhaseExpectation, APercentileThatTheServiceLeftWithoutAnswersFails) {
  RunOnPaper run = expecting("http_req_duration p(95) < 1s");
  run.requests(199, 10);
  run.requests(1, 10, std::nullopt);
  EXPECT_EQ(run.check("expectation").verdict, Verdict::failed)
      << "200 were asked, which would have been enough";
}

}  // namespace
}  // namespace faultline::judge
