// Mistakes of the user and of the environment: what is said, and the exit status.

#include <gmock/gmock.h>

#include <ostream>

#include "command.h"
#include "service_under_test.h"

namespace faultline::e2e {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// quick.toml beside the files that it names.
std::string written(const Scratch& scratch, const std::string& text) {
  add_suites(scratch);
  return scratch.file("s.toml", text);
}

struct Typo {
  const char* from;
  const char* to;
  const char* said;
};

void PrintTo(const Typo& typo, std::ostream* out) {
  *out << typo.to;
}

class Typos : public ::testing::TestWithParam<Typo> {};

TEST_P(Typos, AreFoundBeforeAnythingStartsWithPlaceAndSuggestion) {
  const Scratch scratch;
  const Typo& typo = GetParam();
  const Said said =
      run({"run", written(scratch, quick({{typo.from, typo.to}})), "--out", (scratch / "o").string()});
  EXPECT_EQ(said.status, 2) << said.out;
  EXPECT_THAT(said.err, HasSubstr(typo.said));
  EXPECT_FALSE(std::filesystem::exists(scratch / "o")) << "nothing may have been started";
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, Typos,
    ::testing::Values(
        Typo{"during = \"incident\"", "duting = \"incident\"",
             "s.toml:32:1: error: unknown key 'duting', did you mean 'during'?"},
        Typo{"for  = \"4s\"", "for  = \"4sec\"", "s.toml:20:8: error: '4sec' is not a duration"},
        Typo{"during = \"incident\"", "during = \"incidnet\"",
             "s.toml:32:10: error: there is no phase 'incidnet', did you mean 'incident'?"},
        Typo{"do   = { restart = \"redis\" }", "do   = { restrat = \"redis\" }", "did you mean 'restart'?"},
        Typo{"kind  = \"symptom\"", "kind  = \"sympton\"", "did you mean 'symptom'?"},
        Typo{"inject = { refuse = {} }", "inject = { refuze = {} }", "did you mean 'refuse'?"},
        Typo{"http_req_failed rate < 1%\"]\n[[expect]]\nrecovered",
             "http_req_faild rate < 1%\"]\n[[expect]]\nrecovered", "did you mean 'http_req_failed'?"},
        Typo{"flow = \"settler-mixed\"", "flow = \"settler-mixd\"", "settler-mixd"},
        Typo{"http_req_failed rate < 1%\"]\n[[expect]]\nrecovered",
             "http_req_duration p(99.9) < 1s\"]\n[[expect]]\nrecovered", "cannot be judged in phase"}));

TEST(CommandLine, SaysThatAnOptionIsWrong) {
  const Said said = run({"run", "suites/playbook", "--sed", "7"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.err, HasSubstr("--sed"));
  EXPECT_EQ(run({}).status, 2) << "without a subcommand";
  EXPECT_EQ(run({"--help"}).status, 0);
}

TEST(CommandLine, ChecksAndListsTheSuite) {
  const Said check = run({"check", "suites/playbook"});
  EXPECT_EQ(check.status, 0) << check.err;
  const Said list = run({"list"});
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_THAT(list.out, ContainsRegex("suites/playbook/redis-down.toml +Redis down"));
  EXPECT_THAT(run({"list", "--faults"}).out, HasSubstr("refuse "));
}

TEST(Environment, NamesThePortThatIsTaken) {
  const ServiceUnderTest taken;
  const std::string port = taken.url().substr(taken.url().rfind(':') + 1);
  const Scratch scratch;
  const Said said = run({"run", written(scratch, quick()), "--set", "dependency.redis.port=" + port, "--out",
                         (scratch / "o").string()});
  EXPECT_EQ(said.status, 3) << said.out;
  EXPECT_THAT(said.err, HasSubstr("port " + port + " is taken"));
}

TEST(Environment, NamesTheDirectoryThatCannotBeMade) {
  const Scratch scratch;
  const Said said = run({"run", written(scratch, quick()), "--out", "/proc/faultline"});
  EXPECT_EQ(said.status, 3) << said.out;
  EXPECT_THAT(said.err, HasSubstr("cannot make the directory /proc/faultline"));
  EXPECT_THAT(said.err, HasSubstr("--out"));
}

TEST(Environment, NamesTheProgramThatIsMissing) {
  const Scratch scratch;
  const Said said = run({"run", written(scratch, quick()), "--set", "service.use=", "--service",
                         "/nonexistent/service", "--out", (scratch / "o").string()});
  EXPECT_EQ(said.status, 2) << "two ways to give a service in one file";
  const Said missing = run({"run", written(scratch, quick()), "--service", "/nonexistent/service", "--out",
                            (scratch / "p").string()});
  EXPECT_EQ(missing.status, 3) << missing.out;
  EXPECT_THAT(missing.err, HasSubstr("/nonexistent/service"));
}

TEST(Validity, IsDeniedWhenAFaultNeverActed) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string scenario = service.scenario(scratch, R"([dependency.stripe]
[[fault]]
name   = "nobody-asks-stripe"
on     = "stripe"
inject = { delay = { by = "1s" } }
)");
  const Said said = run({"run", scenario, "--out", (scratch / "o").string()});
  EXPECT_EQ(said.status, 4) << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("nobody-asks-stripe"));
  EXPECT_THAT(said.out, Not(HasSubstr("failed")));
}

TEST(Validity, IsDeniedWhenTheGeneratorIsLate) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const Said said = run(
      {"run", service.scenario(scratch, "[validity]\nlate = \"1ns\"\n"), "--out", (scratch / "o").string()});
  EXPECT_EQ(said.status, 4) << said.out << said.err;
}

TEST(Validity, IsDeniedWhenTheServiceIsNotReached) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string scenario = service.scenario(scratch);
  const Said said = run({"run", scenario, "--service", "http://127.0.0.1:1", "--set",
                         "service.ready.within=200ms", "--out", (scratch / "o").string()});
  EXPECT_EQ(said.status, 3) << said.out << said.err;
  EXPECT_THAT(said.err, HasSubstr("http://127.0.0.1:1/readyz was not ready within 200ms"));
}

std::string calm(const std::string& name) {
  return "[scenario]\nname = \"" + name + R"("
[service]
use = "settler"
[dependency.postgres]
[dependency.redis]
[dependency.stripe]
[dependency.shopify]
[[load]]
flow = "settler-mixed"
rate = "20/s"
[[phase]]
name = "steady"
for  = "1s"
[[expect]]
phase = "steady"
that  = "http_reqs count > 5"
)";
}

TEST(Suite, RunsSideBySideAndSumsUpInTheOrderOfTheFiles) {
  const Scratch scratch;
  add_suites(scratch);
  const std::string first = scratch.file("b.toml", calm("first"));
  const std::string second = scratch.file("a.toml", calm("second"));
  const Said said = run({"run", first, second, "--jobs", "2", "--out", (scratch / "runs").string()});
  ASSERT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, ContainsRegex("1 of 2: first\n2 of 2: second\n"));
  EXPECT_THAT(said.out, ContainsRegex("\nfirst +held .*\nsecond +held "));
  EXPECT_TRUE(exists(scratch / "runs/first/result.json") && exists(scratch / "runs/second/result.json"));
}

TEST(Suite, IsFoundInTheDirectoryThatOneIsIn) {
  const Scratch scratch;
  add_suites(scratch);
  const std::filesystem::path path = scratch.file("here.toml", calm("here"));
  const Said said =
      shell("cd " + path.parent_path().string() + " && " FAULTLINE_BINARY_DIR "/faultline run here.toml");
  EXPECT_EQ(said.status, 0) << said.out << said.err;
}

}  // namespace
}  // namespace faultline::e2e
