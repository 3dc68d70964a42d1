#include "load/recent_latency.h"

#include <gtest/gtest.h>

namespace faultline::load {
namespace {

using namespace std::chrono_literals;

constexpr Instant kBegin{100s};

TEST(RecentLatency, TellsWhatTheLastWindowsSaw) {
  RecentLatency recent;
  EXPECT_EQ(recent.percentile(kBegin, 95), std::nullopt);
  recent.record(kBegin, 1ms);
  recent.record(kBegin + 1s, 2ms);
  EXPECT_EQ(recent.percentile(kBegin + 1s, 100), 2ms);
  EXPECT_EQ(recent.percentile(kBegin + 1s, 50), 1ms);
}

TEST(RecentLatency, ForgetsAWindowAtATime) {
  RecentLatency recent;
  recent.record(kBegin, 1ms);
  recent.record(kBegin + RecentLatency::kWindow, 2ms);
  EXPECT_EQ(recent.percentile(kBegin + RecentLatency::kWindow, 1), 1ms) << "the window before still counts";
  recent.record(kBegin + 2 * RecentLatency::kWindow, 1500us);
  EXPECT_EQ(recent.percentile(kBegin + 2 * RecentLatency::kWindow, 1), 1500us)
      << "the one before that does not";
}

TEST(RecentLatency, ForgetsEverythingWhenNothingCame) {
  RecentLatency recent;
  recent.record(kBegin, 1ms);
  EXPECT_EQ(recent.percentile(kBegin + 2 * RecentLatency::kWindow, 50), std::nullopt);
}

}  // namespace
}  // namespace faultline::load
