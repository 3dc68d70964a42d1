#include "run/phase_clock.h"

#include <gtest/gtest.h>

namespace faultline::run {
namespace {

using namespace std::chrono_literals;

const Instant kStart = Instant(100s);

scenario::Scenario three_phases(std::optional<Duration> drain) {
  scenario::Scenario made;
  made.phases = {{"steady", 0s, 10s}, {"incident", 10s, 10s, drain}, {"recovery", 20s, 10s}};
  return made;
}

TEST(PhaseClock, GoesByThePlanWhereBoundariesAreSharp) {
  const scenario::Scenario scenario = three_phases(std::nullopt);
  const PhaseClock clock(scenario, kStart);
  EXPECT_EQ(clock.at(12s), kStart + 12s);
  EXPECT_EQ(clock.phase_at(kStart), "steady");
  EXPECT_EQ(clock.phase_at(kStart + 10s - 1ns), "steady");
  EXPECT_EQ(clock.phase_at(kStart + 10s), "incident");
  EXPECT_EQ(clock.phase_at(kStart + 20s), "recovery");
  EXPECT_EQ(clock.phase_at(kStart + 99s), "recovery") << "its echo";
}

TEST(PhaseClock, CountsWhatIsDueWhileABoundaryWaitsToThePhaseBefore) {
  const scenario::Scenario scenario = three_phases(5s);
  PhaseClock clock(scenario, kStart);
  EXPECT_EQ(clock.phase_at(kStart + 11s), "steady");
  clock.waited(1, 2s);
  EXPECT_EQ(clock.phase_at(kStart + 11s), "steady");
  EXPECT_EQ(clock.phase_at(kStart + 12s), "incident");
  EXPECT_EQ(clock.phase_at(kStart + 21s), "incident");
  EXPECT_EQ(clock.phase_at(kStart + 22s), "recovery") << "all that follows is later";
  EXPECT_EQ(clock.at(20s), kStart + 22s);
}

}  // namespace
}  // namespace faultline::run
