// Closed loads in a scenario: users beside arrivals, and what is made once before and after them.

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "command.h"
#include "core/journal.h"
#include "service_under_test.h"

namespace faultline::e2e {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;
using Records = std::vector<ordered_json>;

// Beside 40 arrivals in the first second: two users, for two seconds. In the second one each journey of theirs is refused.
constexpr const char* kUsers = R"(
[[load]]
flow  = "team"
users = 2
[[phase]]
name = "second"
for  = "1s"
[[fault]]
name   = "busy"
on     = "service"
during = "second"
match  = { path = "/items/team*" }
when   = { first = 1, of = "cause" }
inject = { status = { code = 503 } }
)";
// The service answers {} to all: its second character is what a login gives.
constexpr const char* kTeam = R"([flow]
name = "team"
[flow.data]
token = { hex = 16 }
[[setup.step]]
request = "POST /login"
capture = { session = { pattern = '.(.)' } }
[[teardown.step]]
request = "POST /logout"
[[journey]]
name = "visit"
[[journey.step]]
think = "50ms"
[[journey.step]]
request = "GET /items/team?session=${session}&token=${token}"
)";

std::string scenario(const ServiceUnderTest& service, const Scratch& scratch) {
  scratch.write("flows/team.toml", kTeam);
  // The users have theirs in both seconds, the arrivals in the first.
  return service.scenario(scratch, kUsers);
}

Records records_of(const Records& journal, const std::string& kind) {
  Records found;
  for (const ordered_json& record : journal) {
    if (record.at("kind") == kind) {
      found.push_back(record);
    }
  }
  return found;
}
Records journal_of(const std::filesystem::path& run) {
  return read_journal(run / "journal.ndjson").records;
}

// Of the journeys of users: each one's data, by its number.
std::map<std::uint64_t, ordered_json> data_of(const Records& journal) {
  std::map<std::uint64_t, ordered_json> data;
  for (const ordered_json& arrival : records_of(journal, "arrival")) {
    if (arrival.contains("user")) {
      EXPECT_TRUE(data.emplace(arrival.at("k"), arrival.at("data")).second) << arrival.dump();
    }
  }
  return data;
}

TEST(Users, AreArrivalsWithFaultsOutcomesAndACauseOfTheirOwn) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string out = (scratch / "run").string();
  const Said said =
      run({"run", scenario(service, scratch), "--set", "load.0.rate={ only = \"40/s\" }", "--out", out});
  ASSERT_EQ(said.status, 0) << said.out << said.err;
  const Records journal = journal_of(out);

  std::map<std::uint64_t, std::string> phases;  // of the journeys of users
  std::map<std::uint64_t, std::uint64_t> made;  // by each user
  std::size_t planned = 0;
  for (const ordered_json& arrival : records_of(journal, "arrival")) {
    if (arrival.contains("user")) {
      const auto user = arrival.at("user").get<std::uint64_t>();
      EXPECT_EQ(arrival.at("iteration"), ++made[user]) << "one after the other";
      phases[arrival.at("k")] = arrival.at("phase");
    } else {
      ++planned;
    }
  }
  EXPECT_EQ(planned, 40U);
  EXPECT_EQ(made.size(), 2U);
  std::set<std::uint64_t> refused;
  for (const ordered_json& decision : records_of(journal, "decision")) {
    refused.insert(std::stoull(decision.at("cause").get<std::string>()));
  }
  for (const auto& [k, phase] : phases) {
    EXPECT_EQ(refused.contains(k), phase == "second") << k << ": by the phase in which it began";
  }
  for (const ordered_json& outcome : records_of(journal, "outcome")) {
    EXPECT_EQ(outcome.at("outcome"), refused.contains(outcome.at("k")) ? "failed" : "acked");
  }
  EXPECT_THAT(run({"trace", out}).out, HasSubstr("user 1.1  outcome   acked\n"));
}

TEST(Users, HaveASetupAndATeardownThatNobodyTakesForLoad) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string out = (scratch / "run").string();
  const Said said = run({"run", scenario(service, scratch), "--out", out});
  ASSERT_EQ(said.status, 0) << said.out << said.err;
  const Records journal = journal_of(out);
  const Records once = records_of(journal, "once");
  ASSERT_EQ(once.size(), 2U);
  EXPECT_EQ(once[0].at("what"), "setup");
  EXPECT_LT(once[0].at("t").get<double>(), 0) << "before the first phase";
  EXPECT_EQ(once[1].at("what"), "teardown");
  EXPECT_GE(once[1].at("began").get<double>(), 2) << "after the last one";
  for (const ordered_json& request : records_of(journal, "request")) {
    EXPECT_THAT(request.at("route").get<std::string>(), Not(HasSubstr("/log")));
  }
  EXPECT_THAT(service.asked(), testing::Contains(HasSubstr("/items/team?session=%7D&token=")))
      << "what it captured";
}

TEST(Users, AreReplayedThoughTheyComeToBeginMore) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string first = (scratch / "first").string(), again = (scratch / "again").string();
  ASSERT_EQ(
      run({"run", scenario(service, scratch), "--set", "fault.busy.enabled=false", "--out", first}).status,
      0);
  const Said replayed = run({"replay", first, "--out", again});
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("identical"));
  EXPECT_EQ(records_of(journal_of(again), "once").size(), 2U) << "both are made again";
  const auto then = data_of(journal_of(first)), now = data_of(journal_of(again));
  std::size_t both = 0;
  for (const auto& [k, data] : then) {
    if (const auto found = now.find(k); found != now.end()) {
      EXPECT_EQ(found->second, data) << k;
      ++both;
    }
  }
  EXPECT_GT(both, 2U);
}

TEST(Users, AreNotRunWhereTheSetupFails) {
  ServiceUnderTest service;
  service.break_at("/login");
  const Scratch scratch;
  const Said said = run({"run", scenario(service, scratch), "--out", (scratch / "run").string()});
  EXPECT_EQ(said.status, 3);
  EXPECT_THAT(said.err, HasSubstr("faultline: the setup of flow 'team' ended at 'POST /login': HTTP 500"));
  EXPECT_THAT(service.asked(), testing::IsEmpty());
}

TEST(Users, AreJudgedThoughTheTeardownFailsWhichIsSaid) {
  ServiceUnderTest service;
  service.break_at("/logout");
  const Scratch scratch;
  const Said said = run({"run", scenario(service, scratch), "--out", (scratch / "run").string()});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("the teardown of flow 'team' ended at 'POST /logout': HTTP 500"));
}

TEST(Users, AreComparedWithoutPairsWhichIsSaid) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const Said said = run({"compare", scenario(service, scratch), "--a", "fault.busy.enabled=false", "--b",
                         "fault.busy.enabled=true", "--out", (scratch / "compared").string()});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out,
              HasSubstr("users make as many journeys as their service lets them: compared without pairs"));
  EXPECT_THAT(said.out, testing::ContainsRegex("second +arrivals failed.* worse .* -\n"));
}

TEST(Users, MakeReconciliationsOfTheReferenceService) {
  const Scratch scratch;
  const std::string out = (scratch / "run").string();
  const Said said = run({"run", "suites/journeys/team.toml", "--out", out});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  const Records journal = journal_of(out);
  EXPECT_EQ(records_of(journal, "plan").at(0).at("arrivals"), 0);
  EXPECT_EQ(records_of(journal, "plan").at(0).at("users"), 4);
  EXPECT_EQ(records_of(journal, "once").at(0).at("captured").dump(), R"(["teamJobId"])");
  const auto of_arrivals = data_of(journal);
  EXPECT_GE(of_arrivals.size(), 4U);
  std::map<std::string, int> known;
  for (const ordered_json& decision : records_of(journal, "decision")) {
    ++known[decision.at("known")];
    EXPECT_TRUE(of_arrivals.contains(std::stoull(decision.at("cause").get<std::string>())));
  }
  EXPECT_EQ(known.size(), 1U);
  EXPECT_TRUE(known.contains("header"));
}

}  // namespace
}  // namespace faultline::e2e
