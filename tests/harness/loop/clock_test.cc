// The clock of a loop keeps the contract of core/clock.h, on a real thread and in real time.

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <vector>

#include "loop/loop.h"

namespace faultline {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 10s;

// A loop, and what its timers have told in turn.
struct Timed {
  Loop loop{"timed"};
  Clock& clock = loop.clock();
  std::vector<int> seen;  // on the loop's thread
  std::promise<void> done;

  // Runs `ask` on the loop's thread, then waits until `done` is kept.
  void run_until_done(std::function<void()> ask) {
    loop.run(std::move(ask));
    ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready) << "a timer never came";
  }
};

TEST(LoopClock, MeasuresTheSameLineAsMonotonicNow) {
  Timed timed;
  const Instant before = monotonic_now();
  const Instant now = timed.clock.now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, monotonic_now());
}

TEST(LoopClock, MakesCallsInTheOrderOfTheirInstants) {
  Timed timed;
  timed.run_until_done([&] {
    const Instant now = timed.clock.now();
    timed.clock.call_at(now + 3ms, [&] {
      timed.seen.push_back(3);
      timed.done.set_value();
    });
    timed.clock.call_at(now + 1ms, [&] { timed.seen.push_back(1); });
    timed.clock.call_at(now + 2ms, [&] { timed.seen.push_back(2); });
  });
  EXPECT_EQ(timed.seen, (std::vector{1, 2, 3}));
}

TEST(LoopClock, MakesCallsOfOneInstantInTheOrderTheyWereAskedFor) {
  constexpr int kCalls = 50;
  Timed timed;
  timed.run_until_done([&] {
    const Instant when = timed.clock.now() + 1ms;
    for (int i = 0; i < kCalls; ++i) {
      timed.clock.call_at(when, [&timed, i] { timed.seen.push_back(i); });
    }
    timed.clock.call_at(when + 1ms, [&] { timed.done.set_value(); });
  });
  std::vector<int> expected;
  for (int i = 0; i < kCalls; ++i) {
    expected.push_back(i);
  }
  EXPECT_EQ(timed.seen, expected);
}

TEST(LoopClock, NeverCallsEarly) {
  Timed timed;
  Instant called{}, due{};
  timed.run_until_done([&] {
    due = timed.clock.now() + 5ms;
    timed.clock.call_at(due, [&] {
      called = timed.clock.now();
      timed.done.set_value();
    });
  });
  EXPECT_GE(called, due);
}

TEST(LoopClock, CallsLaterAndNotAtOnceWhenTheInstantHasPassed) {
  Timed timed;
  bool asking = false, within_the_call = false;
  timed.run_until_done([&] {
    asking = true;
    timed.clock.call_at(timed.clock.now() - 1s, [&] { timed.done.set_value(); });
    timed.clock.call_at(Instant{}, [&] { within_the_call = asking; });
    asking = false;
  });
  EXPECT_FALSE(within_the_call);
}

TEST(LoopClock, NeverUsesAnIdTwice) {
  Timed timed;
  timed.loop.run([&] {
    const auto first = timed.clock.call_at(Instant::max(), [] {});
    timed.clock.cancel(first);
    const auto second = timed.clock.call_at(Instant::max(), [] {});
    EXPECT_NE(first, 0U);
    EXPECT_NE(second, first);
    timed.clock.cancel(second);
  });
}

TEST(LoopClock, DoesNotMakeACallThatWasCancelled) {
  Timed timed;
  timed.run_until_done([&] {
    const Instant now = timed.clock.now();
    const auto id = timed.clock.call_at(now + 1ms, [&] { timed.seen.push_back(1); });
    timed.clock.call_at(now + 2ms, [&] { timed.done.set_value(); });
    timed.clock.cancel(id);
  });
  EXPECT_TRUE(timed.seen.empty()) << "the cancelled call was made";
}

TEST(LoopClock, DoesNotMakeADueCallThatTheOneBeforeItCancelled) {
  Timed timed;
  timed.run_until_done([&] {
    const Instant passed = timed.clock.now() - 2s;  // both are due by the time the first is made
    auto second = std::make_shared<Clock::TimerId>();
    timed.clock.call_at(passed, [&timed, second] {
      timed.seen.push_back(1);
      timed.clock.cancel(*second);
    });
    *second = timed.clock.call_at(passed + 1s, [&timed] { timed.seen.push_back(2); });
    timed.clock.call_at(passed + 2s, [&] { timed.done.set_value(); });
  });
  EXPECT_EQ(timed.seen, std::vector{1}) << "the second was cancelled in time";
}

TEST(LoopClock, LetsGoOfWhatACancelledCallHolds) {
  Timed timed;
  timed.loop.run([&] {
    auto held = std::make_shared<int>(1);
    const auto id = timed.clock.call_at(timed.clock.now() + 1h, [held] { FAIL() << *held; });
    timed.clock.cancel(id);
    EXPECT_EQ(held.use_count(), 1) << "by the time cancel returns";
  });
}

TEST(LoopClock, IgnoresCancellingWhatWasMadeOrNeverWas) {
  Timed timed;
  timed.run_until_done([&] {
    auto own = std::make_shared<Clock::TimerId>();
    *own = timed.clock.call_at(timed.clock.now(), [&timed, own] {
      timed.clock.cancel(*own);  // itself, while it is being made
      timed.clock.cancel(*own + 1000);
      timed.done.set_value();
    });
  });
}

TEST(LoopClock, KeepsATimerThatWasReplacedToItsLastInstant) {
  Timed timed;
  std::unique_ptr<Timer> timer;  // lives and dies on the loop's thread
  timed.run_until_done([&] {
    timer = std::make_unique<Timer>(timed.clock);
    timer->call_at(timed.clock.now(), [&] { timed.seen.push_back(1); });
    timer->call_at(timed.clock.now() + 1ms, [&] {
      timed.seen.push_back(2);
      timed.done.set_value();
    });
  });
  timed.loop.run([&] { timer.reset(); });
  EXPECT_EQ(timed.seen, std::vector{2});
}

}  // namespace
}  // namespace faultline
