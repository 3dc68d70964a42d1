#include "metrics/histogram.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/draw.h"

namespace faultline::metrics {
namespace {

using namespace std::chrono_literals;

// From 100 us to about a minute, most of them short: the shape that latencies have.
std::vector<Duration> latencies(Seed seed, std::size_t count) {
  std::vector<Duration> values;
  Draws draws(seed, "latency", 0);
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(100us + from_seconds(std::min(60.0, std::exp(draws.exponential(1.0)) / 1000)));
  }
  return values;
}

Histogram histogram_of(const std::vector<Duration>& values) {
  Histogram histogram;
  for (const Duration value : values) {
    histogram.record(value);
  }
  return histogram;
}

// The nearest rank, by its definition.
Duration exact(std::vector<Duration> values, double percent) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(percent * static_cast<double>(values.size()) / 100));
  return values[rank - 1];
}

TEST(Histogram, IsWithinAThousandthOfTheExactPercentile) {
  for (const Seed seed : {1U, 2U, 3U}) {
    const auto values = latencies(seed, 10'000);
    const Histogram histogram = histogram_of(values);
    for (const double percent : {0.01, 1.0, 50.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0}) {
      const Duration truth = exact(values, percent);
      const Duration read = histogram.percentile(percent).value();
      EXPECT_GE(read, truth) << "p" << percent << " of seed " << seed << " is rounded up, never down";
      EXPECT_LE(read - truth, std::max<Duration>(1us, truth / 1000)) << "p" << percent << " of seed " << seed;
    }
  }
}

TEST(Histogram, IsExactToTheMicrosecondBelowTwoMilliseconds) {
  const Histogram histogram = histogram_of({1us, 2us, 1000us, 2047us});
  EXPECT_EQ(histogram.percentile(25), 1us);
  EXPECT_EQ(histogram.percentile(50), 2us);
  EXPECT_EQ(histogram.percentile(75), 1000us);
  EXPECT_EQ(histogram.percentile(100), 2047us);
}

TEST(Histogram, AddsUp) {
  const auto all = latencies(7, 4'000);
  Histogram sum = histogram_of({all.begin(), all.begin() + 1'000});
  sum.merge(histogram_of({all.begin() + 1'000, all.end()}));
  const Histogram whole = histogram_of(all);
  EXPECT_EQ(sum.count(), whole.count());
  for (const double percent : {50.0, 95.0, 99.0, 100.0}) {
    EXPECT_EQ(sum.percentile(percent), whole.percentile(percent)) << "p" << percent;
  }
}

TEST(Histogram, HasNoPercentileOfNothing) {
  Histogram histogram = histogram_of({5ms});
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.percentile(50), std::nullopt);
}

TEST(Histogram, CountsWhatWasLonger) {
  const Histogram histogram = histogram_of({1ms, 2ms, 50ms, 100ms, 101ms, 2s});
  EXPECT_EQ(histogram.above(0s), 6U);
  EXPECT_EQ(histogram.above(2ms), 4U);
  EXPECT_EQ(histogram.above(100ms), 2U);
  EXPECT_EQ(histogram.above(5h), 0U);
}

TEST(Histogram, BoundsWhatItIsGiven) {
  const Histogram histogram = histogram_of({-1s, Histogram::kMost + 1h});
  EXPECT_EQ(histogram.percentile(50), 0s);
  const Duration longest = histogram.percentile(100).value();
  EXPECT_GE(longest, Histogram::kMost);
  EXPECT_LE(longest, Histogram::kMost + Histogram::kMost / 1000);
}

}  // namespace
}  // namespace faultline::metrics
