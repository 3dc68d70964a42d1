#include "load/load.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "reading.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<Phase> kPhases = {{"rise", 10s}, {"peak", 20s}};
const std::filesystem::path kFlows = FAULTLINE_SOURCE_DIR "/suites/flows";

std::optional<std::filesystem::path> resolve(const std::string& name) {
  const auto path = kFlows / (name + ".toml");
  return std::filesystem::exists(path) ? std::optional(path) : std::nullopt;
}

std::vector<std::string> mistakes_in_load(std::string_view text) {
  Diagnostics problems;
  Table table = Table::parse(text, "scenario.toml", problems);
  EXPECT_FALSE(read_load(table, &resolve, kPhases, problems));
  return lines_of(problems);
}

TEST(Load, ReadsTheFlowThatItNames) {
  Diagnostics problems;
  Table table = Table::parse("flow = 'settler-mixed'\nrate = '20/s'\n", "scenario.toml", problems);
  const auto load = read_load(table, &resolve, kPhases, problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());
  ASSERT_TRUE(load);
  EXPECT_EQ(load->flow.name, "settler-mixed");
  EXPECT_EQ(load->course, steady(20));
}

TEST(Load, ThatComesOnceHasNoRate) {
  Diagnostics problems;
  Table table = Table::parse("flow = 'settler-mixed'\nonce = true\n", "scenario.toml", problems);
  const auto load = read_load(table, &resolve, kPhases, problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());
  EXPECT_EQ(load->model, Load::Model::once);
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nonce = true\nrate = '1/s'\n"),
              ElementsAre("2:8 journeys that are made once have no rate"));
}

Load load_of(std::string_view text) {
  Diagnostics problems;
  Table table = Table::parse(text, "scenario.toml", problems);
  const auto load = read_load(table, &resolve, kPhases, problems);
  EXPECT_THAT(lines_of(problems), IsEmpty());
  return load.value_or(Load{});
}

TEST(Load, MayBeAnotherInEachPhase) {
  const Load load = load_of("flow = 'settler-mixed'\nrate = { rise = ['0/s', '100/s'], peak = '100/s' }\n");
  EXPECT_EQ(load.model, Load::Model::open);
  EXPECT_EQ(load.course, (Course{.in = {{"rise", {0, 100}}, {"peak", {100, 100}}}}));
  EXPECT_FALSE(load.poisson);
  EXPECT_EQ(expected_arrivals(load, kPhases, 0), 500);
  EXPECT_EQ(expected_arrivals(load, kPhases, 1), 2000);
}

TEST(Load, MayBeOfUsers) {
  const Load load = load_of("flow = 'settler-mixed'\nusers = { peak = 50 }\n");
  EXPECT_EQ(load.model, Load::Model::closed);
  EXPECT_EQ(load.course, (Course{.in = {{"peak", {50, 50}}}}));
  EXPECT_EQ(load_of("flow = 'settler-mixed'\nusers = 3\n").course, steady(3));
  EXPECT_EQ(expected_arrivals(load, kPhases, 0), 0) << "nobody is there";
  EXPECT_EQ(expected_arrivals(load, kPhases, 1), std::nullopt) << "that depends on the service";
}

TEST(Load, MayComeAsIndependentUsersDo) {
  EXPECT_TRUE(load_of("flow = 'settler-mixed'\nrate = '5/s'\narrivals = 'poisson'\n").poisson);
}

TEST(Load, RefusesWhatItCannotBe) {
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nrate = { peek = '1/s' }\n"),
              ElementsAre("2:17 there is no phase 'peek', did you mean 'peak'?"));
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nrate = { peak = ['1/s'] }\n"),
              ElementsAre("2:17 a ramp is a pair: [from, to]"));
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nusers = -1\n"),
              ElementsAre("2:9 users are a number, 0 to 10000"));
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nusers = 1\nrate = '1/s'\n"),
              ElementsAre("2:9 a load is either of arrivals or of users, not both, make two loads of it"));
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nusers = 1\narrivals = 'poisson'\n"),
              ElementsAre("3:12 users begin when their journey before has ended"));
}

TEST(Load, PointsAtAFlowThatIsNotThere) {
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixd'\nrate = '20/s'\n"),
              ElementsAre("1:8 there is no flow 'settler-mixd', it would be flows/settler-mixd.toml"));
}

TEST(Load, RefusesRatesThatMakeNoLoad) {
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nrate = '0/s'\n"),
              ElementsAre("2:8 'rate' makes no load in any phase"));
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nrate = '100001/s'\n"),
              ElementsAre("2:8 a rate is 0/s, or 1/m to 100000/s"));
}

TEST(Load, WantsItsKeysAndNoOthers) {
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nrat = '20/s'\n"),
              ElementsAre("1:1 'rate' is missing, is 'rat' a misspelling of it?",
                          "2:1 unknown key 'rat', did you mean 'rate'?"));
}

}  // namespace
}  // namespace faultline::load
