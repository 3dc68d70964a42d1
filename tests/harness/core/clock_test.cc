#include "core/clock.h"

#include <gmock/gmock.h>

#include <vector>

namespace faultline {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(ManualClock, MakesCallsInOrderOfTheirTimeThenOfAsking) {
  ManualClock clock;
  std::vector<int> made;
  clock.call_at(clock.now() + 2s, [&] { made.push_back(3); });
  clock.call_at(clock.now() + 1s, [&] { made.push_back(1); });
  clock.call_at(clock.now() + 1s, [&] { made.push_back(2); });
  clock.advance(1s);
  EXPECT_THAT(made, ElementsAre(1, 2)) << "what is due after 2 s must wait";
  clock.advance(1s);
  EXPECT_THAT(made, ElementsAre(1, 2, 3));
}

TEST(ManualClock, ShowsEachCallItsOwnInstant) {
  ManualClock clock;
  const Instant start = clock.now();
  std::vector<Duration> seen;
  clock.call_at(start + 1s, [&] {
    seen.push_back(clock.now() - start);
    clock.call_at(clock.now() + 1s, [&] { seen.push_back(clock.now() - start); });
  });
  clock.advance(5s);
  EXPECT_THAT(seen, ElementsAre(1s, 2s)) << "a call asked for by a call is made within the same advance";
  EXPECT_EQ(clock.now() - start, 5s);
}

TEST(ManualClock, ForgetsACancelledCall) {
  ManualClock clock;
  bool called = false;
  const auto id = clock.call_at(clock.now() + 1s, [&] { called = true; });
  clock.cancel(id);
  clock.advance(2s);
  EXPECT_FALSE(called);
  EXPECT_EQ(clock.pending(), 0U);
}

TEST(Timer, TakesItsCallBackWhenItGoesAway) {
  ManualClock clock;
  bool called = false;
  {
    Timer timer(clock);
    timer.call_at(clock.now() + 1s, [&] { called = true; });
    EXPECT_TRUE(timer.pending());
  }
  clock.advance(2s);
  EXPECT_FALSE(called);
}

TEST(Timer, MayBeDestroyedByItsOwnCall) {
  ManualClock clock;
  auto timer = std::make_unique<Timer>(clock);
  const std::string captured = "still here after the timer is gone";
  std::string seen;
  timer->call_at(clock.now() + 1s, [&timer, &seen, captured] {
    timer.reset();
    seen = captured;
  });
  clock.advance(1s);
  EXPECT_EQ(seen, captured);
}

TEST(Timer, ReplacesThePendingCall) {
  ManualClock clock;
  std::vector<int> made;
  Timer timer(clock);
  timer.call_at(clock.now() + 1s, [&] { made.push_back(1); });
  timer.call_at(clock.now() + 2s, [&] { made.push_back(2); });
  clock.advance(3s);
  EXPECT_THAT(made, ElementsAre(2));
  EXPECT_FALSE(timer.pending());
}

}  // namespace
}  // namespace faultline
