#include "load/schedule.h"

#include <gmock/gmock.h>

#include <cmath>

#include "load/plan.h"
#include "reading.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAreArray;

const std::vector<Phase> kPhases = {{"rise", 4s}, {"peak", 4s}};
constexpr std::string_view kFlow = R"(
[flow]
name = "f"
[flow.data]
token = { hex = 12 }
[[journey]]
name = "j"
[[journey.step]]
request = "GET /"
)";

std::vector<Load> loads(bool poisson) {
  return {{.flow = flow_of(kFlow),
           .course = {.in = {{"rise", {0, 100}}, {"peak", {100, 100}}}},
           .poisson = poisson},
          open_load(kFlow, Rate{10})};
}

std::vector<Arrival> all_of(const Schedule& schedule) {
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    arrivals.push_back(*schedule.arrival(i));
    EXPECT_EQ(arrivals.back().at, schedule.at(i));
  }
  return arrivals;
}

TEST(Schedule, DrawsWhatThePlanLists) {
  for (const bool poisson : {false, true}) {
    const auto both = loads(poisson);
    EXPECT_EQ(all_of(*schedule_of(both, kPhases, 3)), plan(both, kPhases, 3));
  }
}

TEST(Schedule, IsTheSameHoweverManyShareIt) {
  const auto both = loads(true);
  const auto whole = plan(both, kPhases, 3);
  for (const std::size_t of : {2U, 3U, 7U}) {
    std::vector<Arrival> together;
    for (std::size_t index = 0; index < of; ++index) {
      const auto share = all_of(*schedule_of(both, kPhases, 3, {index, of}));
      together.insert(together.end(), share.begin(), share.end());
    }
    std::sort(together.begin(), together.end(),
              [](const Arrival& a, const Arrival& b) { return a.number < b.number; });
    EXPECT_THAT(together, ElementsAreArray(whole));
  }
}

TEST(Schedule, HasExponentialGapsWhereItIsPoisson) {
  const std::vector<Phase> phases = {{"only", 200s}};
  std::vector<Load> load = {open_load(kFlow, Rate{100})};
  load[0].poisson = true;
  const auto schedule = schedule_of(load, phases, 1);
  const auto n = static_cast<double>(schedule->size());
  EXPECT_NEAR(n, 20'000, 5 * std::sqrt(20'000)) << "a Poisson count has a variance of its mean";
  double sum = 0, squares = 0, beyond = 0;
  for (std::size_t i = 1; i < schedule->size(); ++i) {
    const double gap = seconds(schedule->at(i) - schedule->at(i - 1)) * 100;
    sum += gap;
    squares += gap * gap;
    beyond += gap > 2 ? 1 : 0;
  }
  EXPECT_NEAR(sum / n, 1, 0.04);
  EXPECT_NEAR(squares / n, 2, 0.2) << "the second moment of an exponential with a mean of 1";
  EXPECT_NEAR(beyond / n, std::exp(-2), 0.015);
}

}  // namespace
}  // namespace faultline::load
