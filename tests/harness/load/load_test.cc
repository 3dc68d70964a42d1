#include "load/load.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "reading.h"

namespace faultline::load {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::filesystem::path kFlows = FAULTLINE_SOURCE_DIR "/suites/flows";

std::optional<std::filesystem::path> resolve(const std::string& name) {
  const auto path = kFlows / (name + ".toml");
  return std::filesystem::exists(path) ? std::optional(path) : std::nullopt;
}

std::vector<std::string> mistakes_in_load(std::string_view text) {
  Diagnostics problems;
  Table table = Table::parse(text, "scenario.toml", problems);
  EXPECT_FALSE(read_load(table, &resolve, problems));
  return lines_of(problems);
}

TEST(Load, ReadsTheFlowThatItNames) {
  Diagnostics problems;
  Table table = Table::parse("flow = 'settler-mixed'\nrate = '20/s'\n", "scenario.toml", problems);
  const auto load = read_load(table, &resolve, problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());
  ASSERT_TRUE(load);
  EXPECT_EQ(load->flow.name, "settler-mixed");
  EXPECT_EQ(load->rate.per_second, 20);
}

TEST(Load, ThatComesOnceHasNoRate) {
  Diagnostics problems;
  Table table = Table::parse("flow = 'settler-mixed'\nonce = true\n", "scenario.toml", problems);
  const auto load = read_load(table, &resolve, problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());
  EXPECT_TRUE(load->once);
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nonce = true\nrate = '1/s'\n"),
              ElementsAre("2:8 journeys that are made once have no rate"));
}

TEST(Load, PointsAtAFlowThatIsNotThere) {
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixd'\nrate = '20/s'\n"),
              ElementsAre("1:8 there is no flow 'settler-mixd', it would be flows/settler-mixd.toml"));
}

TEST(Load, RefusesRatesThatMakeNoLoad) {
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nrate = '0/s'\n"),
              ElementsAre("2:8 'rate' must be 1/m to 10000/s"));
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nrate = '10001/s'\n"),
              ElementsAre("2:8 'rate' must be 1/m to 10000/s"));
}

TEST(Load, WantsItsKeysAndNoOthers) {
  EXPECT_THAT(mistakes_in_load("flow = 'settler-mixed'\nrat = '20/s'\n"),
              ElementsAre("1:1 'rate' is missing, is 'rat' a misspelling of it?",
                          "2:1 unknown key 'rat', did you mean 'rate'?"));
}

}  // namespace
}  // namespace faultline::load
