#pragma once
// A metric that is a distribution: durations, or plain numbers. A number is kept as so many milliseconds, which is how k6
// prints and compares both.

#include <cstdint>
#include <optional>

#include "core/time.h"
#include "metrics/histogram.h"

namespace faultline::metrics {

class Trend {
 public:
  void record(Duration value);
  void record(double number);
  void merge(const Trend& other);

  std::uint64_t count() const { return histogram_.count(); }
  const Histogram& histogram() const { return histogram_; }

  // In milliseconds, or as the numbers are; nothing of nothing. The first three are exact, a percentile is as a
  // histogram's; `percent` is within (0, 100].
  std::optional<double> average() const;
  std::optional<double> least() const;
  std::optional<double> most() const;
  std::optional<double> percentile(double percent) const;

 private:
  void add(double number);  // before the histogram gets it

  Histogram histogram_;
  double sum_ = 0, least_ = 0, most_ = 0;
};

}  // namespace faultline::metrics
