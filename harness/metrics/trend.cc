#include "metrics/trend.h"

#include <algorithm>

namespace faultline::metrics {
namespace {

constexpr double kPerSecond = 1000;

}  // namespace

void Trend::record(Duration value) {
  add(seconds(value) * kPerSecond);
  histogram_.record(value);
}

void Trend::record(double number) {
  add(number);
  histogram_.record(from_seconds(std::clamp(number / kPerSecond, 0.0, seconds(Histogram::kMost))));
}

void Trend::add(double number) {
  least_ = count() == 0 ? number : std::min(least_, number);
  most_ = count() == 0 ? number : std::max(most_, number);
  sum_ += number;
}

void Trend::merge(const Trend& other) {
  if (other.count() == 0) {
    return;
  }
  least_ = count() == 0 ? other.least_ : std::min(least_, other.least_);
  most_ = count() == 0 ? other.most_ : std::max(most_, other.most_);
  sum_ += other.sum_;
  histogram_.merge(other.histogram_);
}

std::optional<double> Trend::average() const {
  return count() == 0 ? std::nullopt : std::optional(sum_ / static_cast<double>(count()));
}

std::optional<double> Trend::least() const {
  return count() == 0 ? std::nullopt : std::optional(least_);
}

std::optional<double> Trend::most() const {
  return count() == 0 ? std::nullopt : std::optional(most_);
}

std::optional<double> Trend::percentile(double percent) const {
  const auto value = histogram_.percentile(percent);
  // Rounded up within its bucket, but never beyond what was seen.
  return value ? std::optional(std::min(seconds(*value) * kPerSecond, most_)) : std::nullopt;
}

}  // namespace faultline::metrics
