#pragma once
// How often each duration was seen, in bounded memory: exact to a microsecond below 2 ms, and to three
// significant digits (an error below 1/1024) above it. The layout is HdrHistogram's (Tene), with a unit
// of 1 us and 2048 sub-buckets. Two histograms add up, so that each window, thread or run may keep its own. It takes
// 8 bytes for each count up to that of the longest duration seen: 90 KB for a second.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/time.h"

namespace faultline::metrics {

class Histogram {
 public:
  static constexpr Duration kMost = std::chrono::hours(24 * 365);  // longer ones count as this long

  /// A negative duration counts as zero.
  void record(Duration value);
  void merge(const Histogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  /// The nearest rank: the smallest value that at least `percent` of all values do not exceed, rounded up to
  /// the end of its bucket. `percent` is within (0, 100]. Nothing when the histogram is empty.
  std::optional<Duration> percentile(double percent) const;

  /// How many were longer, to the precision of the histogram.
  std::uint64_t above(Duration value) const;

  /// How often each was seen, by the index that HdrHistogram gives it; none beyond the longest.
  const std::vector<std::uint64_t>& counts() const { return counts_; }

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
};

}  // namespace faultline::metrics
