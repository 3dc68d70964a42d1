// What each arrival asked for is looked up in the stores and the service, by what is known of it.

#include <gmock/gmock.h>

#include "command.h"

namespace faultline::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// Answers to COMMIT get lost; what is expected of requests then is not looked at.
std::string lost_commits(const std::string& counts) {
  std::string scenario = quick({{part_of_quick("fault"), R"(
[[fault]]
name   = "commit answers are lost"
on     = "postgres"
during = "incident"
when   = { probability = "20%" }
inject = { lose_commit_answer = {} }
)"}});
  return scenario.substr(0, scenario.find("[[step]]")) + counts;
}

Said play(const Scratch& scratch, const std::string& scenario) {
  add_suites(scratch);
  return run({"run", scratch.write("s.toml", scenario), "--out", (scratch / "run").string(), "--set",
              "phase.steady.for=2s", "--set", "phase.recovery.for=2s"});
}

TEST(Counts, OfAServiceThatLosesTheAnswersToItsCommitsHold) {
  const Scratch scratch;
  const Said said = play(scratch, lost_commits(R"(
[[expect]]
name    = "a job exists once, or perhaps"
sql     = "SELECT count(*) FROM jobs WHERE name = ${arrival.name}"
of      = "POST /api/v1/jobs"
acked   = 1
unknown = "0..1"
failed  = 0
[[expect]]
name    = "it can be asked for"
http    = "GET /api/v1/jobs/${arrival.jobId}"
of      = "POST /api/v1/jobs"
acked   = 200
[[expect]]
name    = "its tenant is limited"
redis   = ["EXISTS", "rl:tenant:${arrival.tenant}"]
journey = "create and run"
acked   = 1
[[expect]]
phase = "incident"
that  = ["postgres calls_per_arrival < 2 x steady"]
)"));
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(ContainsRegex("calls per arrival +postgres"),
                              ContainsRegex("causes of [0-9]+ messages")));
  EXPECT_THAT(text_of(scratch / "run/journal.ndjson"), HasSubstr("\"outcome\":\"unknown\",\"value\":1"))
      << "of some the answer was lost, and they exist";
}

TEST(Counts, FailWhereMoreIsWantedThanIsKnown) {
  const Scratch scratch;
  const Said said = play(scratch, lost_commits(R"(
[[expect]]
name    = "nothing exists that was not answered"
sql     = "SELECT count(*) FROM jobs WHERE name = ${arrival.name}"
of      = "POST /api/v1/jobs"
unknown = 0
within  = "0s"
)"));
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out, ContainsRegex("FAIL invariant: nothing exists that was not answered\n"
                                      "       0 of [0-9]+ right, wanted unknown 0"));
}

}  // namespace
}  // namespace faultline::e2e
