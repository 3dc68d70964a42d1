// Mistakes of the user and of the environment: what is said, and the exit status.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>

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
  return scratch.write("s.toml", text);
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

TEST(CommandLine, HelpFitsATerminalExceptForWhatIsCopiedFromIt) {
  for (const char* const command : {"", "run", "audit", "compare", "check", "list", "up", "proxy", "report",
                                    "replay", "mock", "load", "import", "trace", "diff"}) {
    std::vector<std::string> words = {command, "--help"};
    words.erase(words.begin(), words.begin() + (*command == 0 ? 1 : 0));
    const Said said = run(words);
    EXPECT_EQ(said.status, 0);
    std::istringstream lines(said.out);
    bool copied = false;  // whether what begins with spaces is an example
    for (std::string line; std::getline(lines, line);) {
      copied = copied || line.starts_with("Example");
      EXPECT_TRUE(line.size() <= 80 || (copied && line.starts_with("  "))) << command << ": " << line;
    }
  }
}

TEST(CommandLine, SaysThatAnOptionIsWrong) {
  const Said said = run({"run", "suites/playbook", "--sed", "7"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.err, HasSubstr("--sed"));
  EXPECT_EQ(run({}).status, 2) << "without a subcommand";
  EXPECT_EQ(run({"--help"}).status, 0);
}

TEST(CommandLine, SaysThatADirectoryIsNoRun) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"replay", "docs"}, {"trace", "docs"}, {"diff", "docs", "docs"}}) {
    const Said said = run(words);
    EXPECT_EQ(said.status, 2) << words[0];
    EXPECT_THAT(said.err, HasSubstr("docs is no directory that a run left: it holds no journal.ndjson"));
  }
  EXPECT_EQ(run({"report", "nowhere"}).status, 2);
  EXPECT_EQ(run({"report", "docs"}).status, 3) << "a run may not have come so far";
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

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) {
    throw std::runtime_error("there is no " + from);
  }
  text.replace(at, from.size(), to);
  return text;
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
  const std::string first = scratch.write("b.toml", calm("first"));
  const std::string second = scratch.write("a.toml", calm("second"));
  const Said said = run({"run", first, second, "--jobs", "2", "--out", (scratch / "runs").string()});
  ASSERT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, ContainsRegex("1 of 2: first\n2 of 2: second\n"));
  EXPECT_THAT(said.out, ContainsRegex("\nfirst +held .*\nsecond +held "));
  EXPECT_TRUE(exists(scratch / "runs/first/result.json") && exists(scratch / "runs/second/result.json"));
}

// A suite of one that holds, one whose environment cannot be had, and one that holds.
TEST(Suite, LosesNoResultToAnEnvironmentThatCannotBeHad) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string text = text_of(service.scenario(scratch));
  const auto named = [&](const std::string& name, const std::string& url) {
    return scratch.write(
        name + ".toml",
        replaced(replaced(text, "\"items\"\n[service]", "\"" + name + "\"\n[service]"), service.url(), url));
  };
  const std::string unreachable =
      "http://127.0.0.1:1\"\nready = { http = \"GET /readyz\", within = \"100ms\" }\n#";
  const Said said = run({"run", named("first", service.url()), named("second", unreachable),
                         named("third", service.url()), "--out", (scratch / "runs").string(), "--json",
                         (scratch / "results.json").string(), "--junit", (scratch / "junit.xml").string()});
  EXPECT_EQ(said.status, 3) << said.out << said.err;
  EXPECT_THAT(said.err, HasSubstr("faultline: second: "));
  EXPECT_THAT(said.out, ContainsRegex("\nfirst +held .*\nsecond +error .*\nthird +held "));
  const auto results = nlohmann::json::parse(text_of(scratch / "results.json"));
  EXPECT_EQ(results["schema"], "faultline.results/1");
  EXPECT_EQ(results["verdict"], "invalid");
  ASSERT_EQ(results["results"].size(), 2U);
  EXPECT_EQ(results["results"][1]["scenario"], "third");
  EXPECT_EQ(results["results"][1]["file"], (scratch / "third.toml").string());
  ASSERT_EQ(results["unjudged"].size(), 1U);
  EXPECT_EQ(results["unjudged"][0]["scenario"], "second");
  EXPECT_EQ(results["unjudged"][0]["interrupted"], false);
  EXPECT_THAT(text_of(scratch / "junit.xml"),
              HasSubstr("<testsuite name=\"second\" tests=\"1\" failures=\"0\" "
                        "errors=\"1\""));

  const Said again = run({"report", (scratch / "runs").string(), "--json", "-"});
  EXPECT_EQ(again.status, 3) << again.err;
  const auto reported = nlohmann::json::parse(again.out);
  EXPECT_EQ(reported["results"], results["results"]) << "nothing else is on standard output";
  EXPECT_EQ(reported["unjudged"][0]["scenario"], "second");
  const Said two = run({"report", (scratch / "runs/first").string(), (scratch / "runs/third").string()});
  EXPECT_EQ(two.status, 0) << two.err;
  EXPECT_THAT(two.out, ContainsRegex("\nfirst +held .*\nthird +held "));
}

TEST(Suite, ReportsWhatHadEndedWhenItIsInterrupted) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string text = text_of(service.scenario(scratch));
  const auto named = [&](const std::string& name, const std::string& length) {
    return scratch.write(
        name + ".toml",
        replaced(replaced(text, "\"items\"\n[service]", "\"" + name + "\"\n[service]"), "\"1s\"", length));
  };
  const Said said = shell(FAULTLINE_BINARY_DIR "/faultline run " + named("first", "\"1s\"") + " " +
                          named("second", "\"10m\"") + " " + named("third", "\"1s\"") + " --out " +
                          (scratch / "runs").string() + " --json " + (scratch / "results.json").string() +
                          " & pid=$!; until grep -qs '\"kind\":\"request\"' " +
                          (scratch / "runs/second/journal.ndjson").string() +
                          "; do sleep 0.05; done; kill -TERM $pid; wait $pid");
  EXPECT_EQ(said.status, 143) << said.out << said.err;
  EXPECT_THAT(said.err, HasSubstr("  second was interrupted before its end\n  third did not run: "));
  EXPECT_THAT(said.out, ContainsRegex("\nfirst +held .*\nsecond +not run .*\nthird +not run "));
  const auto results = nlohmann::json::parse(text_of(scratch / "results.json"));
  ASSERT_EQ(results["results"].size(), 1U);
  EXPECT_EQ(results["results"][0]["scenario"], "first");
  ASSERT_EQ(results["unjudged"].size(), 2U);
  EXPECT_EQ(results["unjudged"][1]["interrupted"], true);
}

TEST(Outputs, AreRefusedBeforeAnythingStarts) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string scenario = service.scenario(scratch), out = (scratch / "o").string();
  const Said nowhere =
      run({"run", scenario, "--out", out, "--junit", (scratch / "reports/junit.xml").string()});
  EXPECT_EQ(nowhere.status, 3);
  EXPECT_THAT(nowhere.err,
              HasSubstr("--junit " + (scratch / "reports/junit.xml").string() + ": there is no directory " +
                        (scratch / "reports").string() + "\n  make it first"));
  const Said directory = run({"run", scenario, "--out", out, "--html", (scratch / "").string()});
  EXPECT_EQ(directory.status, 3);
  EXPECT_THAT(directory.err, HasSubstr("--html"));
  const Said both = run({"run", scenario, "--out", out, "--json", "-", "--annotations", "github"});
  EXPECT_EQ(both.status, 2);
  EXPECT_THAT(both.err, HasSubstr("standard output can be that of one report only"));
  EXPECT_FALSE(std::filesystem::exists(out)) << "nothing may have been started";
  EXPECT_EQ(service.asked().size(), 0U);
}

TEST(Outputs, AddToTheSummaryOfAStep) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string scenario = service.scenario(scratch), out = (scratch / "o").string();
  ASSERT_EQ(run({"run", scenario, "--out", out}).status, 0);
  const std::string summary = scratch.write("step.md", "before\n"),
                    other = scratch.write("other.md", "before\n");
  const Said said =
      shell("GITHUB_STEP_SUMMARY=" + summary + " ./faultline report " + out + " --markdown " + summary +
            " && GITHUB_STEP_SUMMARY=" + summary + " ./faultline report " + out + " --markdown " + other);
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(text_of(summary), ::testing::StartsWith("before\n### Faultline: 1 scenario held\n"));
  EXPECT_THAT(text_of(other), ::testing::StartsWith("### Faultline: 1 scenario held\n"));
}

TEST(Suite, IsFoundInTheDirectoryThatOneIsIn) {
  const Scratch scratch;
  add_suites(scratch);
  const std::filesystem::path path = scratch.write("here.toml", calm("here"));
  const Said said =
      shell("cd " + path.parent_path().string() + " && " FAULTLINE_BINARY_DIR "/faultline run here.toml");
  EXPECT_EQ(said.status, 0) << said.out << said.err;
}

}  // namespace
}  // namespace faultline::e2e
