#include <gmock/gmock.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using result::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;

// Wants a job to exist once where its creation was answered, and once at most where nobody knows.
RunOnPaper once_or_at_most() {
  RunOnPaper run;
  scenario::Count count;
  count.name = "once";
  count.acked = {1, 1};
  count.unknown = {0, 1};
  run.scenario.counts = {count};
  return run;
}

void found(RunOnPaper& run, int k, const std::string& outcome, int value) {
  run.write("observation", 31,
            {{"of", "count"}, {"count", 0}, {"k", k}, {"outcome", outcome}, {"value", value}});
}

TEST(Counts, HoldWhenEachIsRightForItsOutcome) {
  RunOnPaper run = once_or_at_most();
  found(run, 1, "acked", 1);
  found(run, 2, "unknown", 0);
  found(run, 3, "unknown", 1);
  const result::Check check = run.check("invariant");
  EXPECT_EQ(check.verdict, Verdict::held);
  EXPECT_EQ(check.target, "acked 1, unknown 0..1");
  EXPECT_EQ(check.actual, "3 of 3 right");
  EXPECT_EQ(check.detail, "1 acked, 0 failed, 2 unknown");
}

TEST(Counts, NameTheFirstThatIsWrong) {
  RunOnPaper run = once_or_at_most();
  found(run, 1, "acked", 1);
  found(run, 2, "unknown", 2);
  found(run, 3, "acked", 0);
  const result::Check check = run.check("invariant");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "1 of 3 right");
  EXPECT_EQ(check.margin, "2 wrong");
  EXPECT_THAT(check.detail, HasSubstr("the first that is not right is arrival 2 (unknown): 2"));
}

TEST(Counts, AreWrongWhereThereIsNoNumber) {
  RunOnPaper run = once_or_at_most();
  run.write("observation", 31,
            {{"of", "count"}, {"count", 0}, {"k", 1}, {"outcome", "acked"}, {"problem", "timeout"}});
  const result::Check check = run.check("invariant");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_THAT(check.detail, HasSubstr("arrival 1 (acked): no number: timeout"));
}

TEST(Counts, FailWithNothingToLookAt) {
  const result::Check check = once_or_at_most().check("invariant");
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "no arrival asked for it");
}

}  // namespace
}  // namespace faultline::judge
