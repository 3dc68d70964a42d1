// What only the whole of a file can tell. Mistakes in one place are met by the tests of what reads that place, and by
// tests/e2e.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "scenario/scenario.h"
#include "scratch.h"

namespace faultline::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

const char* const kScenario = FAULTLINE_SOURCE_DIR "/tests/harness/scenario/incident.toml";

std::string text(const Diagnostics& problems) {
  std::string all;
  for (const Diagnostic& problem : problems) {
    all += to_text(problem) + "\n";
  }
  return all;
}

// redis-down with some values replaced.
std::string problems_with(const std::vector<Override>& changes) {
  Diagnostics problems;
  read(kScenario, changes, problems);
  return text(problems);
}

TEST(Scenario, IsReadIntoPlainData) {
  Diagnostics problems;
  const Scenario scenario = read(kScenario, {}, problems);
  ASSERT_THAT(text(problems), IsEmpty());
  EXPECT_EQ(scenario.name, "redis-down");
  EXPECT_EQ(scenario.service.use, "settler");
  EXPECT_EQ(scenario.dependencies.size(), 4U);
  EXPECT_EQ(scenario.ledger.mismatched, 7);
  ASSERT_EQ(scenario.phases.size(), 3U);
  EXPECT_EQ(scenario.phases[2].begin, 20s);
  EXPECT_EQ(scenario.length(), 34s);
  EXPECT_EQ(scenario.steps.size(), 7U);
  EXPECT_EQ(scenario.recoveries.at(0).within, 5s);
  EXPECT_EQ(scenario.budgets.at(0).target, Ratio{0.999});
  EXPECT_EQ(scenario.sources.size(), 3U) << "itself, its flow and its SLOs, for a run to keep";
}

// The block of TOML in docs/scenario.md.
std::string documented() {
  std::ifstream file(FAULTLINE_SOURCE_DIR "/docs/scenario.md");
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string opening = "```toml\n";
  const auto begin = all.find(opening) + opening.size();
  return all.substr(begin, all.find("```", begin) - begin);
}

TEST(Scenario, IsReadAsItIsDocumented) {
  const Scratch directory;
  for (const char* folder : {"flows", "slo", "monitoring"}) {
    std::filesystem::copy(std::filesystem::path(FAULTLINE_SOURCE_DIR "/suites") / folder, directory / folder,
                          std::filesystem::copy_options::recursive);
  }
  directory.write("s.toml", documented());
  Diagnostics problems;
  const Scenario scenario = read(directory / "s.toml", {}, problems);
  ASSERT_THAT(text(problems), IsEmpty());
  EXPECT_EQ(scenario.faults.size(), 2U);
  EXPECT_EQ(scenario.phases.at(1).drain, 2s);
  EXPECT_EQ(scenario.counts.size(), 1U);
  EXPECT_EQ(scenario.alerts.size(), 3U);
  EXPECT_EQ(scenario.webhooks.value().contract.pauses.size(), 3U);
}

TEST(Scenario, MayForgiveSomePhasesMoreThanOthers) {
  Diagnostics problems;
  const Scenario scenario =
      read(kScenario, {{"expect.4.complete_at_least", R"({ incident = "20%" })"}}, problems);
  ASSERT_THAT(text(problems), IsEmpty());
  EXPECT_EQ(scenario.completion_floor("incident"), Ratio{0.2});
  EXPECT_EQ(scenario.completion_floor("recovery"), Ratio{0.95});
  EXPECT_THAT(problems_with({{"expect.4.complete_at_least", R"({ incidnet = "20%" })"}}),
              HasSubstr("did you mean 'incident'"));
}

TEST(Scenario, LeavesOutAStepThatIsNotEnabled) {
  Diagnostics problems;
  const Scenario all = read(kScenario, {}, problems);
  const Scenario by_index = read(kScenario, {{"step.1.enabled", "false"}}, problems);
  const Scenario by_name =
      read(kScenario, {{"step.1.name", "look"}, {"step.look.enabled", "false"}, {"step.2.enabled", "true"}},
           problems);
  ASSERT_THAT(text(problems), IsEmpty());
  for (const Scenario* scenario : {&by_index, &by_name}) {
    ASSERT_EQ(scenario->steps.size(), all.steps.size() - 1);
    EXPECT_EQ(scenario->steps[0].say, all.steps[0].say);
    EXPECT_EQ(scenario->steps[1].say, all.steps[2].say);
  }
  EXPECT_THAT(problems_with({{"step.1.enabled", "false"}, {"step.1.kind", "diagnoses"}}),
              HasSubstr("did you mean 'diagnosis'?"))
      << "it is checked all the same";
  EXPECT_THAT(problems_with({{"step.1.name", "look"}, {"step.2.name", "look"}}),
              HasSubstr("there are two steps 'look'"));
}

TEST(Scenario, KnowsTheTenantsAndTheProcessesThatAStepNames) {
  const std::string ask = R"({ http = "GET /readyz", tenant = "tenant-j", status = 200 })";
  EXPECT_THAT(problems_with({{"step.0.probe", ask}}),
              HasSubstr("there is no tenant 'tenant-j', but tenant-a to tenant-i"));
  const std::string post = R"({ http = "POST /x", tenant = "tenant-bb" })";
  EXPECT_THAT(problems_with({{"step.4.do", post}}), HasSubstr("did you mean 'tenant-b'?"));
  EXPECT_THAT(problems_with({{"service", R"({ url = "http://127.0.0.1:9" })"},
                             {"step.4.do", R"({ restart = "service" })"}}),
              HasSubstr("a service at a 'url' is not Faultline's to start, stop or signal"));
}

TEST(Scenario, LeavesOutAStepThatIsNotEnabledAndKnowsTheRowsOfTheOthers) {
  Diagnostics problems;
  const Scenario scenario = read(kScenario, {{"step.4.enabled", "false"}}, problems);
  ASSERT_THAT(text(problems), IsEmpty());
  ASSERT_EQ(scenario.steps.size(), 6U);
  EXPECT_EQ(scenario.steps[3].row, 3U);
  EXPECT_EQ(scenario.steps[4].say, "PING is answered");
  EXPECT_EQ(scenario.steps[4].row, 5U);
}

TEST(Scenario, KnowsTheSwitchesOfTheServiceThatGuardIt) {
  Diagnostics problems;
  const Scenario scenario = read(kScenario, {{"scenario.guards", "['HARDEN_A', 'HARDEN_B']"}}, problems);
  ASSERT_THAT(text(problems), IsEmpty());
  EXPECT_THAT(scenario.guards, ::testing::ElementsAre("HARDEN_A", "HARDEN_B"));
  EXPECT_THAT(problems_with({{"scenario.guards", "['A=0']"}}),
              HasSubstr("'A=0' is no name of an environment variable"));
  EXPECT_THAT(problems_with({{"scenario.guards", "['A', 'B', 'A']"}}), HasSubstr("'A' is named twice"));
  EXPECT_THAT(problems_with({{"service", "{ url = 'http://127.0.0.1:1' }"}, {"scenario.guards", "['A']"}}),
              HasSubstr("its guards cannot be switched off"));
}

TEST(Scenario, KnowsWhichFaultsAMitigationEnds) {
  const auto with = [](const std::string& ends, const std::string& step = "4") {
    return problems_with({{"step." + step + ".ends", ends}});
  };
  EXPECT_THAT(with("['redis-refuses']"), IsEmpty());
  EXPECT_THAT(with("[]"), IsEmpty());
  EXPECT_THAT(with("['redis-refused']"),
              HasSubstr("no fault 'redis-refused' waits for a mitigation, did you mean 'redis-refuses'?"));
  EXPECT_THAT(with("[]", "0"), HasSubstr("faults are ended by a mitigation"));
}

TEST(Scenario, KnowsTheTwoSidesOfAComparison) {
  Diagnostics problems;
  const Scenario scenario = read(
      kScenario,
      {{"compare.a",
        R"x({ name = "off", set = { "service.env.HARDEN_A" = "0" }, must = "fail", fails = ["p(95)"] })x"},
       {"compare.b.must", "hold"}},
      problems);
  ASSERT_THAT(text(problems), IsEmpty());
  ASSERT_TRUE(scenario.compare);
  EXPECT_EQ(scenario.compare->a.name, "off");
  ASSERT_EQ(scenario.compare->a.changes.size(), 1U);
  EXPECT_EQ(scenario.compare->a.changes[0].key, "service.env.HARDEN_A");
  EXPECT_EQ(scenario.compare->a.changes[0].value, "0");
  EXPECT_EQ(scenario.compare->a.must, Side::Must::fail);
  EXPECT_THAT(scenario.compare->a.fails, ::testing::ElementsAre("p(95)"));
  EXPECT_EQ(scenario.compare->b.name, "b");
  EXPECT_EQ(scenario.compare->b.must, Side::Must::hold);

  EXPECT_FALSE(read(kScenario, {}, problems).compare);
  EXPECT_THAT(problems_with({{"compare.b.must", "pass"}}), HasSubstr("'pass'"));
  EXPECT_THAT(problems_with({{"compare.b.fails", "['x']"}}),
              HasSubstr("names what fails in a side that must"));
  EXPECT_THAT(problems_with({{"compare.b.name", "a"}}), HasSubstr("both sides are called 'a'"));
  EXPECT_THAT(problems_with({{"compare.c.name", "c"}}), HasSubstr("unknown key 'c'"));
}

TEST(Scenario, KnowsByHowMuchWindowsAreShorter) {
  Diagnostics problems;
  EXPECT_EQ(read(kScenario, {}, problems).window_scale, 60);
  EXPECT_EQ(read(kScenario, {{"scenario.window_scale", "120"}}, problems).window_scale, 120);
  EXPECT_THAT(text(problems), IsEmpty());
  EXPECT_THAT(problems_with({{"scenario.window_scale", "0"}}), HasSubstr("must be from 1 to 3600"));
}

TEST(Scenario, MakesAStepAtMomentsOfItsPhaseThatAreDrawn) {
  const std::vector<Override> often = {{"step.4.at", R"({ phase = "incident", moments = 5 })"},
                                       {"step.4.do", R"({ restart = "service", killed = true })"}};
  Diagnostics problems;
  const Scenario scenario = read(kScenario, often, problems);
  ASSERT_THAT(text(problems), IsEmpty());
  std::vector<Duration> moments;
  for (const Step& step : scenario.steps) {
    if (step.row == 4) {
      moments.push_back(step.after);
    }
  }
  ASSERT_EQ(moments.size(), 5U);
  const Duration part = scenario.phases[1].length / 5;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    EXPECT_GE(moments[i], part * static_cast<int>(i)) << i;
    EXPECT_LT(moments[i], part * static_cast<int>(i + 1)) << i;
  }
  EXPECT_EQ(scenario.steps[4].say, "Restart Redis (1 of 5)");
  std::vector<Override> other = often;
  other.push_back({"scenario.seed", "2"});
  EXPECT_NE(read(kScenario, other, problems).steps[4].after, moments[0]);
  EXPECT_THAT(problems_with({{"step.4.at", R"({ phase = "incident", moments = 0 })"}}),
              HasSubstr("moments are 1 to"));
}

TEST(Scenario, RefusesAPercentileThatCannotBeJudged) {
  // 20/s for 2 s with 3 requests each are about 120, of which p(95) leaves 6 beyond it.
  EXPECT_THAT(problems_with({{"phase.steady.for", "2s"}}),
              HasSubstr("cannot be judged in phase 'steady': it needs 200"));
}

// A scenario whose flow has a setup and a teardown, with this load and more.
std::string problems_of(const std::string& load, const std::string& more = "") {
  const Scratch directory;
  directory.write("flows/f.toml", R"(
[flow]
name = "f"
[[setup.step]]
request = "POST /login"
[[teardown.step]]
request = "DELETE /login"
[[journey]]
name = "j"
[[journey.step]]
request = "GET /"
)");
  directory.write("s.toml", R"(
[scenario]
name = "s"
[service]
url = "http://127.0.0.1:9"
[[phase]]
name = "rest"
for  = "5s"
[[phase]]
name = "peak"
for  = "5s"
[[load]]
flow = "f"
)" + load + "\n" + more);
  Diagnostics problems;
  read(directory / "s.toml", {}, problems);
  return text(problems);
}

TEST(Scenario, MayHaveUsersAndASetup) {
  EXPECT_THAT(problems_of("users = 3"), IsEmpty());
  EXPECT_THAT(problems_of("users = { peak = [1, 5] }\n[[load]]\nflow = \"f\"\nrate = \"5/s\""), IsEmpty());
}

TEST(Scenario, JudgesAPercentileOfUsersOnlyWhenTheyHaveMadeTheirRequests) {
  const auto of = [](const std::string& phase) {
    return "[[expect]]\nphase = \"" + phase + "\"\nthat = \"http_req_duration p(95) < 1s\"\n";
  };
  EXPECT_THAT(problems_of("users = { peak = 1 }", of("peak")), IsEmpty())
      << "nobody knows how many they make";
  EXPECT_THAT(problems_of("users = { peak = 1 }", of("rest")),
              HasSubstr("cannot be judged in phase 'rest': it needs 200 requests, and about 0 are expected"));
}

TEST(Scenario, CountsNoArrivalsWhereUsersHaveNone) {
  const std::string fault =
      "[[fault]]\nname = \"some\"\non = \"service\"\ninject = { status = { code = 503 } }\n";
  const std::string every = "when = { every = 3, of = \"arrivals\" }\n";
  EXPECT_THAT(
      problems_of("users = 3", fault + every),
      HasSubstr(
          "s.toml:15:1: error: fault 'some' counts arrivals, and the journeys of users are in no plan"));
  EXPECT_THAT(problems_of("rate = \"5/s\"", fault + every), IsEmpty());
  EXPECT_THAT(problems_of("users = 3", fault + "when = { every = 3, of = \"cause\" }\n"), IsEmpty());
  EXPECT_THAT(problems_of("users = 3", fault + "when = { probability = \"30%\" }\n"), IsEmpty());
}

TEST(Scenario, RefusesARecoveryThatCannotBeSeen) {
  EXPECT_THAT(problems_with({{"phase.recovery.for", "6s"}}),
              HasSubstr("recovery within 5s and then 5s of good windows cannot be seen: only 9s are left"));
}

TEST(Scenario, RefusesARecoverySoonerThanTheKernelConnectsAgain) {
  // The incident lasts 10 s: of a connect at its begin the SYN is sent after 1, 3 and 7 s, and then after 15.
  const std::vector<Override> hangs = {
      {"fault.redis-refuses.inject", "{ blackhole = { connect = \"hang\" } }"}};
  EXPECT_THAT(problems_with(hangs),
              HasSubstr("recovery within 5s cannot be seen after 'redis-refuses': a connect that "
                        "hung for 10s is tried again by the kernel after up to 8s more"));
}

TEST(Scenario, SetsWhatRedisLeavesOpen) {
  Diagnostics problems;
  const Scenario scenario = read(
      kScenario, {{"dependency.redis.settings", R"({ appendonly = "yes", maxmemory = 1000 })"}}, problems);
  ASSERT_THAT(text(problems), IsEmpty());
  EXPECT_THAT(scenario.redis_settings, ElementsAre(Pair("appendonly", "yes"), Pair("maxmemory", "1000")));
  EXPECT_THAT(problems_with({{"dependency.redis.settings", R"({ port = 1 })"}}),
              HasSubstr("'port' is not the scenario's to set"));
  EXPECT_THAT(problems_with({{"dependency.redis.settings", R"({ tls-port = 1 })"}}),
              HasSubstr("'tls-port' is not the scenario's to set"));
  EXPECT_THAT(problems_with({{"dependency.redis.settings", R"({ "save x" = 1 })"}}),
              HasSubstr("'save x' is no setting of redis.conf"));
}

TEST(Scenario, NamesWhatIsNotThere) {
  EXPECT_THAT(problems_with({{"fault.redis-refuses.on", "rediss"}}),
              HasSubstr("there is no 'rediss' to put a fault in front of, did you mean 'redis'?"));
  EXPECT_THAT(problems_with({{"scenario.slo", "settlr"}}), HasSubstr("there is no slo/settlr.toml"));
  EXPECT_THAT(problems_with({{"service.url", "http://x"}}), HasSubstr("a service is given in one way"));
  EXPECT_THAT(problems_with({{"service.env_names.PROT", "p"}}),
              HasSubstr("the harness sets no 'PROT', did you mean 'PORT'?"));
  EXPECT_THAT(problems_with({{"scenario.sed", "7"}}), HasSubstr("unknown key 'sed', did you mean 'seed'?"));
}

}  // namespace
}  // namespace faultline::scenario
