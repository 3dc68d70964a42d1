#include "metrics/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/assert.h"

namespace faultline::metrics {
namespace {

using Units = std::chrono::microseconds;

// Bucket 0 has 2048 steps of one unit. Bucket b has steps of 2^b units, and of its 2048 only the upper half
// is its own: the lower half is what the buckets before it cover. So each bucket adds 1024 counts.
constexpr std::size_t kHalfBits = 10;
constexpr std::size_t kHalf = std::size_t{1} << kHalfBits;

std::size_t index_of(std::uint64_t units) {
  const auto width = static_cast<std::size_t>(std::bit_width(units));
  const std::size_t bucket = width > kHalfBits + 1 ? width - (kHalfBits + 1) : 0;
  return bucket * kHalf + (units >> bucket);
}

// The largest number of units that has this index.
std::uint64_t last_at(std::size_t index) {
  const std::size_t bucket = index < 2 * kHalf ? 0 : index / kHalf - 1;
  const std::uint64_t step = index - bucket * kHalf;
  return ((step + 1) << bucket) - 1;
}

std::uint64_t units_of(Duration value) {
  const Duration bounded = std::clamp(value, Duration::zero(), Histogram::kMost);
  return static_cast<std::uint64_t>(std::chrono::ceil<Units>(bounded).count());
}

}  // namespace

void Histogram::record(Duration value) {
  const std::size_t index = index_of(units_of(value));
  if (index >= counts_.size()) {
    counts_.resize(index + 1, 0);
  }
  ++counts_[index];
  ++count_;
}

void Histogram::merge(const Histogram& other) {
  counts_.resize(std::max(counts_.size(), other.counts_.size()), 0);
  std::transform(other.counts_.begin(), other.counts_.end(), counts_.begin(), counts_.begin(), std::plus<>());
  count_ += other.count_;
}

void Histogram::clear() {
  counts_.clear();
  count_ = 0;
}

std::optional<Duration> Histogram::percentile(double percent) const {
  FAULTLINE_ASSERT(percent > 0 && percent <= 100, "a percentile is within (0, 100]");
  if (count_ == 0) {
    return std::nullopt;
  }
  const auto rank = static_cast<std::uint64_t>(std::ceil(percent * static_cast<double>(count_) / 100));
  std::uint64_t seen = 0;
  std::size_t index = 0;
  while ((seen += counts_[index]) < rank) {
    ++index;
  }
  return Units(last_at(index));
}

std::uint64_t Histogram::above(Duration value) const {
  const std::size_t first = std::min(index_of(units_of(value)) + 1, counts_.size());
  return std::accumulate(counts_.begin() + static_cast<std::ptrdiff_t>(first), counts_.end(),
                         std::uint64_t{0});
}

}  // namespace faultline::metrics
