#pragma once
// Everything that waits takes its time from a Clock, so that a test can be the one who moves it.

#include <cstdint>
#include <functional>
#include <map>

#include "core/time.h"

namespace faultline {

/// A source of time and of wake-up calls. A clock belongs to one thread: `call_at`, `cancel` and the calls
/// it makes all happen there. `now` may be asked from anywhere.
class Clock {
 public:
  using TimerId = std::uint64_t;  // never 0, never used twice by one clock

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  virtual Instant now() const = 0;

  /// Calls `what` once, at `when` or as soon after as the thread is free; never from inside `call_at`, even
  /// when `when` has passed. Calls that are due at the same instant come in the order they were asked for.
  virtual TimerId call_at(Instant when, std::function<void()> what) = 0;

  /// Takes a call back. One that was already made, or taken back, is ignored.
  virtual void cancel(TimerId id) = 0;
};

/// A call that is taken back when its owner goes away.
class Timer {
 public:
  explicit Timer(Clock& clock) : clock_(clock) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { cancel(); }

  /// Replaces the call that was pending, if any.
  void call_at(Instant when, std::function<void()> what);
  void cancel();
  bool pending() const { return id_ != 0; }

 private:
  Clock& clock_;
  Clock::TimerId id_ = 0;
};

/// A clock for tests: time stands still until it is moved.
class ManualClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  TimerId call_at(Instant when, std::function<void()> what) override;
  void cancel(TimerId id) override;

  /// Moves time forward by `by`, making every call that falls due, each at its own instant, those included
  /// that the calls themselves ask for.
  void advance(Duration by);

  /// How many calls are waiting.
  std::size_t pending() const { return calls_.size(); }

 private:
  Instant now_{};
  TimerId next_ = 1;
  std::map<std::pair<Instant, TimerId>, std::function<void()>> calls_;
};

}  // namespace faultline
