#pragma once
// The wish to end a run early: set once, by a signal or by a failure, and seen by everything that waits.

#include <condition_variable>
#include <mutex>

#include "core/time.h"

namespace faultline {

class Stop {
 public:
  /// `signal`: the one that asked for it, or 0.
  void request(int signal) {
    {
      const std::lock_guard lock(mutex_);
      if (!requested_) {
        requested_ = true;
        signal_ = signal;
      }
    }
    changed_.notify_all();
  }

  bool requested() const {
    const std::lock_guard lock(mutex_);
    return requested_;
  }

  int signal() const {
    const std::lock_guard lock(mutex_);
    return signal_;
  }

  /// Waits until `when` on the line of monotonic_now(). False as soon as the stop is requested.
  bool wait_until(Instant when) const {
    std::unique_lock lock(mutex_);
    const std::chrono::steady_clock::time_point point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(when.time_since_epoch()));
    return !changed_.wait_until(lock, point, [this] { return requested_; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool requested_ = false;
  int signal_ = 0;
};

}  // namespace faultline
