#pragma once
// The latency of the last few seconds, for whoever watches a run.

#include <optional>

#include "core/time.h"
#include "metrics/histogram.h"

namespace faultline::load {

/// Keeps a window that is filling and the one before it, so what it tells covers the last one to two windows.
class RecentLatency {
 public:
  static constexpr Duration kWindow = std::chrono::seconds(2);

  /// `now` never goes back between the calls of either function.
  void record(Instant now, Duration latency);
  /// Nothing when no request was answered lately.
  std::optional<Duration> percentile(Instant now, double percent);

 private:
  void turn(Instant now);

  metrics::Histogram filling_, before_;
  Instant began_{};  // of the filling window
};

}  // namespace faultline::load
