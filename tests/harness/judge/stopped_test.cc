// A run that the failure of a step has ended.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using result::Verdict;
using scenario::Step;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

void stop(RunOnPaper& run, std::size_t step, bool at_rest) {
  run.write("stopped", 14, {{"step", step}, {"phase", "incident"}, {"at_rest", at_rest}});
}

std::vector<std::string> names(const result::Result& result) {
  std::vector<std::string> list;
  for (const result::Check& check : result.checks) {
    list.push_back(check.kind + " " + to_text(check.verdict));
  }
  return list;
}

// Everything that a run can be asked for, of which nothing came about but three steps: the incident has begun, and
// the load was not what was planned.
RunOnPaper ended_early() {
  RunOnPaper run;
  run.add_fault("redis-refuses");
  run.scenario.expectations = {{{0, 1, 2}, {expression("http_req_failed rate < 1%")}}};
  run.scenario.recoveries = {{.when = {expression("http_req_failed rate < 1%")}}};
  run.scenario.budgets = {{"availability", Ratio{0.999}, Ratio{1}}};
  run.scenario.invariants = {scenario::Invariant::every_accepted_run_ends};
  run.scenario.counts.resize(1);
  run.write("plan", -1, {{"arrivals", 1000}});
  run.write("phase", 0, {{"phase", "steady"}, {"edge", "begin"}});
  const std::size_t symptom = run.add_probe(Step::Kind::symptom, 1);
  const std::size_t diagnosis = run.add_probe(Step::Kind::diagnosis, 1);
  run.add_action(Step::Kind::mitigation, 1);
  run.add_probe(Step::Kind::symptom, 2);
  run.probe(symptom, true, false, "PONG");
  run.probe(symptom, false, true, "refused");
  run.probe(diagnosis, false, false, "PONG");
  return run;
}

TEST(StoppedRun, HasFailedWithTheStepAndNothingElseIsSaidToHaveHeld) {
  RunOnPaper run = ended_early();
  stop(run, 1, false);
  const result::Result result = run.judged();
  EXPECT_EQ(result.verdict, Verdict::failed);
  EXPECT_TRUE(result.stopped);
  EXPECT_THAT(names(result), ElementsAre("symptom held", "diagnosis failed"))
      << "the mitigation and the second symptom had no turn, and the load was cut short";
  EXPECT_EQ(result.recovery, std::nullopt);
}

TEST(StoppedRun, CanHaveBeenStoppedByASymptomAtRest) {
  RunOnPaper run;
  const std::size_t symptom = run.add_probe(Step::Kind::symptom, 1);
  run.probe(symptom, true, true, "refused already");
  stop(run, symptom, true);
  const result::Result result = run.judged();
  EXPECT_EQ(result.verdict, Verdict::failed);
  ASSERT_EQ(result.checks.size(), 1U);
  EXPECT_THAT(result.checks[0].detail, HasSubstr("seen at rest (refused already)"));
}

TEST(StoppedRun, IsInvalidWhenTheStepHadNotFailed) {
  RunOnPaper run = ended_early();
  stop(run, 0, false);
  run.journal[run.journal.size() - 2]["seen"] = true;  // the diagnosis
  EXPECT_EQ(run.judged().verdict, Verdict::invalid);
  RunOnPaper nothing;
  stop(nothing, 7, false);
  EXPECT_EQ(nothing.judged().verdict, Verdict::invalid) << "there is no such step";
}

TEST(StoppedRun, ThatWasInterruptedIsInvalid) {
  RunOnPaper run = ended_early();
  stop(run, 1, false);
  run.write("interrupted", 15, {{"signal", 2}});
  EXPECT_EQ(run.judged().verdict, Verdict::invalid);
}

TEST(RunThatWentToItsEnd, IsNotStopped) {
  RunOnPaper run;
  run.play_phases();
  run.request(1);
  EXPECT_FALSE(run.judged().stopped);
  EXPECT_THAT(names(run.judged()), Not(testing::Contains(HasSubstr("invalid"))));
}

}  // namespace
}  // namespace faultline::judge
