#pragma once
// The wish to end a run early: set once, by a signal or by a failure, and seen by everything that waits.

#include <condition_variable>
#include <mutex>

#include "core/time.h"

namespace faultline {

class Stop {
 public:
  Stop() = default;
  /// A part of what `outer` ends: requested when that is, and not the other way round. It must not outlive it.
  explicit Stop(const Stop* outer) : outer_(outer) {}
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  /// `signal`: the one that asked for it, or 0. False when it had been requested before.
  bool request(int signal) {
    bool first = false;
    {
      const std::lock_guard lock(root().mutex_);
      first = !is_requested();
      if (first) {
        requested_ = true;
        signal_ = signal;
      }
    }
    root().changed_.notify_all();
    return first;
  }

  bool requested() const {
    const std::lock_guard lock(root().mutex_);
    return is_requested();
  }

  int signal() const {
    const std::lock_guard lock(root().mutex_);
    return signal_of();
  }

  /// Waits until `when` on the line of monotonic_now(). False as soon as the stop is requested.
  bool wait_until(Instant when) const {
    std::unique_lock lock(root().mutex_);
    const std::chrono::steady_clock::time_point point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(when.time_since_epoch()));
    return !root().changed_.wait_until(lock, point, [this] { return is_requested(); });
  }

 private:
  // Parts share the outermost one's lock, so that one wait sees the wish of all.
  const Stop& root() const { return outer_ ? outer_->root() : *this; }
  // With the lock held.
  bool is_requested() const { return requested_ || (outer_ && outer_->is_requested()); }
  int signal_of() const { return requested_ || !outer_ ? signal_ : outer_->signal_of(); }

  const Stop* outer_ = nullptr;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool requested_ = false;
  int signal_ = 0;
};

}  // namespace faultline
