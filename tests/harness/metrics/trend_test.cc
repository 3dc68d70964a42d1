#include "metrics/trend.h"

#include <gtest/gtest.h>

namespace faultline::metrics {
namespace {

using namespace std::chrono_literals;

TEST(Trend, IsInMilliseconds) {
  Trend trend;
  trend.record(10ms);
  trend.record(30ms);
  trend.record(20ms);
  EXPECT_EQ(trend.average(), 20);
  EXPECT_EQ(trend.least(), 10);
  EXPECT_EQ(trend.most(), 30);
  EXPECT_NEAR(trend.percentile(50).value(), 20, 0.02);
  EXPECT_EQ(trend.percentile(100), 30) << "never beyond what was seen";
}

TEST(Trend, TakesNumbersAsMilliseconds) {
  Trend trend;
  trend.record(5000.0);
  EXPECT_EQ(trend.average(), 5000);
  EXPECT_EQ(trend.percentile(50), 5000);
}

TEST(Trend, AddsUp) {
  Trend a, b, nothing;
  a.record(10ms);
  b.record(2ms);
  a.merge(b);
  a.merge(nothing);
  EXPECT_EQ(a.count(), 2U);
  EXPECT_EQ(a.average(), 6);
  EXPECT_EQ(a.least(), 2);
  EXPECT_EQ(a.most(), 10);
  nothing.merge(a);
  EXPECT_EQ(nothing.least(), 2);
}

TEST(Trend, OfNothingHasNoNumbers) {
  const Trend trend;
  EXPECT_EQ(trend.average(), std::nullopt);
  EXPECT_EQ(trend.least(), std::nullopt);
  EXPECT_EQ(trend.percentile(95), std::nullopt);
}

}  // namespace
}  // namespace faultline::metrics
