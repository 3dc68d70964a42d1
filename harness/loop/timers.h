#pragma once
// The calls that a loop has promised to make, in the order in which they are due.

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "core/clock.h"

namespace faultline {

class Timers {
 public:
  Clock::TimerId add(Instant when, std::function<void()> what);
  void remove(Clock::TimerId id);

  /// When the earliest is due.
  std::optional<Instant> next() const;

  /// Makes those that are due at `now`. What they ask for in turn waits for the next time, even when it is due at once,
  /// so that sockets are served in between.
  void make_due(Instant now);

 private:
  Clock::TimerId next_ = 1;
  std::map<std::pair<Instant, Clock::TimerId>, std::function<void()>> calls_;
  std::unordered_map<Clock::TimerId, Instant> due_;
};

}  // namespace faultline
