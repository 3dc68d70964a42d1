#include "load/plan.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "reading.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::MatchesRegex;
using ::testing::Pair;

constexpr std::string_view kFlow = R"(
[flow]
name = "f"
[flow.data]
token = { hex = 12 }
count = { integer = [3, 5] }
tenant = { pick = ["a", "b"] }
name = { text = "job-${token}-${arrival}" }
[[journey]]
name = "often"
weight = 3
[[journey.step]]
request = "GET /"
[[journey]]
name = "seldom"
weight = 1
[[journey.step]]
request = "GET /"
)";

const std::vector<Phase> kPhases = {{"steady", 1s}, {"incident", 1s}};

std::vector<Load> loads_at(Rate rate, std::string_view flow = kFlow) {
  return {{.flow = flow_of(flow), .course = steady(rate.per_second)}};
}

std::string text_of(const std::vector<Arrival>& arrivals) {
  std::ostringstream out;
  write_plan(out, arrivals);
  return out.str();
}

std::vector<Load> once(std::string_view flow = kFlow) {
  return {{.flow = flow_of(flow), .model = Load::Model::once}};
}

std::vector<std::string> lines_in(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

// Reads a plan for the flow above at 2/s.
std::vector<Arrival> read(const std::string& text, Diagnostics& problems) {
  std::istringstream in(text);
  const auto loads = loads_at(Rate{2});
  return read_plan(in, "plan.ndjson", loads, kPhases, problems);
}

// One thing of every arrival.
template <typename What>
auto each(const std::vector<Arrival>& arrivals, What what) {
  std::vector<decltype(what(arrivals.front()))> all;
  std::transform(arrivals.begin(), arrivals.end(), std::back_inserter(all), what);
  return all;
}

TEST(Plan, SpacesArrivalsExactly) {
  const auto arrivals = plan(loads_at(Rate{3}), kPhases, 1);
  const auto times = each(arrivals, [](const Arrival& arrival) { return arrival.at; });
  EXPECT_THAT(times, ElementsAre(0ns, 333333333ns, 666666667ns, 1s, 1333333333ns, 1666666667ns))
      << "the i-th is due i/rate after the start, to the nanosecond, without adding up";
}

TEST(Plan, NumbersArrivalsAndPutsEachInThePhaseInWhichItIsDue) {
  const auto arrivals = plan(loads_at(Rate{2}), kPhases, 1);
  const auto seen = each(arrivals, [](const Arrival& a) { return std::pair(a.number, a.phase); });
  EXPECT_THAT(seen,
              ElementsAre(Pair(1, "steady"), Pair(2, "steady"), Pair(3, "incident"), Pair(4, "incident")))
      << "what is due at the end of a phase belongs to the next";
}

TEST(Plan, MergesLoadsByTimeThenByTheirOrder) {
  auto loads = loads_at(Rate{1});
  loads.push_back(
      {.flow = flow_of("[flow]\nname='g'\n[[journey]]\nname='j'\n[[journey.step]]\nrequest='GET /'\n"),
       .course = steady(2)});
  const auto seen = each(plan(loads, kPhases, 1),
                         [](const Arrival& arrival) { return std::pair(arrival.at, arrival.flow); });
  EXPECT_THAT(seen, ElementsAre(Pair(0s, "f"), Pair(0s, "g"), Pair(500ms, "g"), Pair(1s, "f"), Pair(1s, "g"),
                                Pair(1500ms, "g")));
}

TEST(Plan, MakesEachJourneyOfALoadThatComesOnceAfterTheOneBefore) {
  const auto arrivals = plan(once(), kPhases, 1);
  const auto seen = each(
      arrivals, [](const Arrival& a) { return std::tuple(a.number, a.after, a.at, a.phase, a.journey); });
  EXPECT_THAT(seen,
              ElementsAre(std::tuple(1, 0, 0s, "steady", "often"), std::tuple(2, 1, 0s, "steady", "seldom")));
  Diagnostics problems;
  EXPECT_EQ(read(text_of(arrivals), problems), arrivals);
  EXPECT_THAT(lines_of(problems), IsEmpty());
}

TEST(Plan, DrawsWhatTheFlowAsksFor) {
  const auto arrivals = plan(loads_at(Rate{1000}), kPhases, 1);
  std::map<std::string, int> journeys, tenants;
  for (const Arrival& arrival : arrivals) {
    ++journeys[arrival.journey];
    ++tenants[*arrival.datum("tenant")];
    const std::string token = *arrival.datum("token");
    EXPECT_THAT(token, MatchesRegex("[0-9a-f]{12}"));
    EXPECT_THAT(std::stoi(*arrival.datum("count")), testing::AllOf(Ge(3), Le(5)));
    EXPECT_EQ(*arrival.datum("name"), "job-" + token + "-" + std::to_string(arrival.number));
    EXPECT_THAT(arrival.traceparent, MatchesRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-01"));
  }
  // 2000 draws: five standard deviations are 97 at a share of 3/4, and 112 at one of 1/2.
  EXPECT_NEAR(journeys["often"], 1500, 97);
  EXPECT_NEAR(tenants["a"], 1000, 112);
}

TEST(Plan, GivesEveryArrivalATraceOfItsOwn) {
  const auto arrivals = plan(loads_at(Rate{500}), kPhases, 1);
  std::set<std::string> traces;
  for (const Arrival& arrival : arrivals) {
    traces.insert(arrival.traceparent);
  }
  EXPECT_EQ(traces.size(), arrivals.size());
}

TEST(Plan, PicksTheFirstMoreOftenWhenSkewed) {
  const auto arrivals = plan(loads_at(Rate{1000}, R"(
[flow]
name = "f"
[flow.data]
tenant = { pick = ["a", "b", "c"], skew = 1 }
[[journey]]
name = "j"
[[journey.step]]
request = "GET /"
)"),
                             kPhases, 1);
  std::map<std::string, int> tenants;
  for (const Arrival& arrival : arrivals) {
    ++tenants[*arrival.datum("tenant")];
  }
  // 1 : 1/2 : 1/3 of 2000, within five standard deviations.
  EXPECT_NEAR(tenants["a"], 1091, 112);
  EXPECT_NEAR(tenants["b"], 545, 100);
  EXPECT_NEAR(tenants["c"], 364, 87);
}

TEST(Plan, IsTheSameToTheByteForTheSameSeed) {
  const auto loads = loads_at(Rate{50});
  EXPECT_EQ(text_of(plan(loads, kPhases, 7)), text_of(plan(loads, kPhases, 7)));
  EXPECT_NE(text_of(plan(loads, kPhases, 7)), text_of(plan(loads, kPhases, 8)));
}

TEST(Plan, DrawsEveryDatumOnItsOwn) {
  std::string twice(kFlow);
  twice.insert(twice.find("[[journey]]"), "other = { hex = 12 }\n");
  for (const Arrival& arrival : plan(loads_at(Rate{20}, twice), kPhases, 1)) {
    EXPECT_NE(*arrival.datum("token"), *arrival.datum("other")) << "arrival " << arrival.number;
  }
}

TEST(Plan, KeepsEveryOtherDatumWhenOneIsAddedAtTheEnd) {
  std::string longer(kFlow);
  longer.insert(longer.find("[[journey]]"), "added = { hex = 3 }\n");
  const auto before = plan(loads_at(Rate{20}), kPhases, 1);
  auto after = plan(loads_at(Rate{20}, longer), kPhases, 1);
  for (Arrival& arrival : after) {
    EXPECT_EQ(arrival.data.back().first, "added");
    arrival.data.pop_back();
  }
  EXPECT_EQ(before, after);
}

TEST(PlanFile, GivesBackWhatWasWritten) {
  const auto arrivals = plan(loads_at(Rate{2}), kPhases, 1);
  Diagnostics problems;
  EXPECT_EQ(read(text_of(arrivals), problems), arrivals);
  EXPECT_THAT(lines_of(problems), IsEmpty());
}

TEST(PlanFile, LeavesOutTheArrivalWhoseLineWasTakenOut) {
  auto expected = plan(loads_at(Rate{2}), kPhases, 1);
  auto lines = lines_in(text_of(expected));
  expected.erase(expected.begin() + 1);
  lines.erase(lines.begin() + 1);
  Diagnostics problems;
  const auto arrivals = read(lines[0] + "\n" + lines[1] + "\n" + lines[2] + "\n", problems);
  EXPECT_THAT(lines_of(problems), IsEmpty());
  EXPECT_EQ(arrivals, expected) << "the others keep their numbers, times and data";
}

// One line of a plan with `old` replaced, and what is said of it.
struct WrongLine {
  const char* old;
  const char* replacement;
  const char* mistake;
};
class PlanLine : public ::testing::TestWithParam<WrongLine> {};

TEST_P(PlanLine, IsRefusedAtItsPlace) {
  auto lines = lines_in(text_of(plan(loads_at(Rate{2}), kPhases, 1)));
  std::string& line = lines[1];
  const auto at = line.find(GetParam().old);
  ASSERT_NE(at, std::string::npos) << line;
  line.replace(at, std::string_view(GetParam().old).size(), GetParam().replacement);
  Diagnostics problems;
  const auto arrivals = read(lines[0] + "\n" + line + "\n" + lines[2] + "\n", problems);
  EXPECT_THAT(lines_of(problems), ElementsAre(GetParam().mistake));
  EXPECT_EQ(arrivals.size(), 2U) << "the other lines are read";
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, PlanLine,
    ::testing::Values(
        WrongLine{"{\"k\"", "{'k'",
                  "2:2 this line is not JSON, take the whole line out to leave its arrival out"},
        WrongLine{"\"k\":2", "\"k\":\"two\"", "2:1 this arrival has no number 'k'"},
        WrongLine{"\"k\":2", "\"k\":1000000001",
                  "2:1 'k' is the number of a user's journey, which no plan has"},
        WrongLine{"\"k\":2", "\"k\":1", "2:1 arrival 1 stands after arrival 1"},
        WrongLine{"\"k\":2", "\"k\":2,\"pahse\":1", "2:1 unknown key 'pahse', did you mean 'phase'?"},
        WrongLine{"\"at\"", "\"after\":2,\"at\"", "2:1 'after' is not the number of an earlier arrival"},
        WrongLine{"500ms", "soon", "2:1 'at' is no duration: 'soon', write it like \"800ms\""},
        WrongLine{"500ms", "1500ms", "2:1 arrival 2 is due in phase 'incident', not 'steady'"},
        WrongLine{"500ms", "2s", "2:1 arrival 2 is due after the last phase has ended"},
        WrongLine{"\"flow\":\"f\"", "\"flow\":\"g\"", "2:1 there is no flow 'g', did you mean 'f'?"},
        WrongLine{"\"often\"", "\"oftn\"", "2:1 flow 'f' has no journey 'oftn', did you mean 'often'?"},
        WrongLine{"\"token\"", "\"tokens\"",
                  "2:1 the data of flow 'f' are token, count, tenant, name, in this order; here: "
                  "tokens, count, tenant, name"},
        WrongLine{"\"00-", "\"0g-", "2:1 'traceparent' is not one of W3C Trace Context"}));

TEST(PlanFile, RefusesArrivalsOutOfOrder) {
  const auto lines = lines_in(text_of(plan(loads_at(Rate{2}), kPhases, 1)));
  Diagnostics problems;
  read(lines[1] + "\n" + lines[0] + "\n", problems);
  EXPECT_THAT(lines_of(problems), ElementsAre("2:1 arrival 1 stands after arrival 2",
                                              "2:1 arrival 1 is due before the one above it"));
}

TEST(PlanFile, SaysThatItCannotBeRead) {
  Diagnostics problems;
  read_plan(std::filesystem::path("/nowhere/plan.ndjson"), loads_at(Rate{2}), kPhases, problems);
  EXPECT_THAT(lines_of(problems), ElementsAre("0:0 cannot be read"));
}

}  // namespace
}  // namespace faultline::load
