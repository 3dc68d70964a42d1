#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using result::Verdict;
using scenario::Step;
using testing::HasSubstr;

RunOnPaper with_symptom(bool at_rest, bool in_phase) {
  RunOnPaper run;
  const std::size_t step = run.add_probe(Step::Kind::symptom, 1);
  run.probe(step, true, at_rest, at_rest ? "refused at rest" : "PONG", 2);
  run.probe(step, false, in_phase, in_phase ? "refused" : "PONG", 0.3);
  return run;
}

TEST(Symptom, IsAbsentAtRestAndSeenInItsPhase) {
  const auto check = with_symptom(false, true).check("symptom");
  EXPECT_EQ(check.verdict, Verdict::held);
  EXPECT_EQ(check.what, "PING fails");
  EXPECT_EQ(check.where, "incident");
  EXPECT_EQ(check.target, "redis PING fails");
  EXPECT_EQ(check.actual, "refused");
  EXPECT_EQ(check.detail, "seen after 300 ms");
}

TEST(Symptom, ThatIsSeenAtRestShowsNothing) {
  const auto check = with_symptom(true, true).check("symptom");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_THAT(check.detail, HasSubstr("seen at rest as well (refused at rest)"));
}

TEST(Symptom, ThatIsNotSeenFails) {
  EXPECT_EQ(with_symptom(false, false).check("symptom").verdict, Verdict::failed);
}

TEST(Symptom, ThatWasNotLookedForIsInvalid) {
  RunOnPaper run;
  const std::size_t step = run.add_probe(Step::Kind::symptom, 1);
  EXPECT_EQ(run.check("symptom").verdict, Verdict::invalid);
  run.probe(step, false, true, "refused");
  EXPECT_EQ(run.check("symptom").verdict, Verdict::invalid) << "not at rest";
  run.probe(step, true, false, "PONG");
  EXPECT_EQ(run.check("symptom").verdict, Verdict::held);
}

TEST(Diagnosis, IsSeenOrFails) {
  for (const auto& [kind, name] :
       {std::pair{Step::Kind::diagnosis, "diagnosis"}, {Step::Kind::recovery, "recovery"}}) {
    RunOnPaper run;
    const std::size_t step = run.add_probe(kind, 1);
    EXPECT_EQ(run.check(name).verdict, Verdict::invalid) << name << " was not looked for";
    run.probe(step, false, true, "refused");
    EXPECT_EQ(run.check(name).verdict, Verdict::held) << name;
    run.journal.back()["seen"] = false;
    EXPECT_EQ(run.check(name).verdict, Verdict::failed) << name;
  }
}

TEST(Mitigation, MustHaveWorked) {
  RunOnPaper run;
  const std::size_t step = run.add_action(Step::Kind::mitigation, 1);
  EXPECT_EQ(run.check("mitigation").verdict, Verdict::invalid) << "it was never done";
  run.step_end(step, true, "restarted, and ready again", 17);
  EXPECT_EQ(run.check("mitigation").verdict, Verdict::held);
  EXPECT_EQ(run.check("mitigation").target, "restart redis");
  run.journal.back()["ok"] = false;
  run.journal.back()["text"] = "was not ready within 10s";
  EXPECT_EQ(run.check("mitigation").verdict, Verdict::failed);
  EXPECT_EQ(run.check("mitigation").actual, "was not ready within 10s");
}

TEST(Steps, AreToldApart) {
  RunOnPaper run;
  run.add_probe(Step::Kind::diagnosis, 1);
  const std::size_t second = run.add_probe(Step::Kind::diagnosis, 1);
  run.probe(second, false, true, "refused");
  const auto checks = run.checks("diagnosis");
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[0].verdict, Verdict::invalid);
  EXPECT_EQ(checks[1].verdict, Verdict::held);
}

}  // namespace
}  // namespace faultline::judge
