#pragma once
// Time inside Faultline: nanoseconds, and points on one monotonic line that every thread of a run shares.

#include <chrono>

namespace faultline {

using Duration = std::chrono::nanoseconds;

/// The monotonic line that a Clock measures. Points on it are comparable within one process only; what is
/// written to a journal or a plan is always a distance from the start of the run.
struct Timeline {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Timeline>;
  static constexpr bool is_steady = true;
};
using Instant = Timeline::time_point;

/// Seconds as a floating-point number, for printing and for arithmetic on rates.
inline double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

/// The nearest Duration to a number of seconds. The number must be finite and within +/- 292 years.
constexpr Duration from_seconds(double s) {
  return std::chrono::round<Duration>(std::chrono::duration<double>(s));
}

}  // namespace faultline
