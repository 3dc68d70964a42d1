#include "load/recent_latency.h"

#include <utility>

namespace faultline::load {

void RecentLatency::record(Instant now, Duration latency) {
  turn(now);
  filling_.record(latency);
}

std::optional<Duration> RecentLatency::percentile(Instant now, double percent) {
  turn(now);
  metrics::Histogram both = before_;
  both.merge(filling_);
  return both.percentile(percent);
}

void RecentLatency::turn(Instant now) {
  if (now - began_ < kWindow) {
    return;
  }
  std::swap(filling_, before_);
  filling_.clear();
  if (now - began_ >= 2 * kWindow) {
    before_.clear();  // nothing came for a whole window: what it holds is old
  }
  began_ = now;
}

}  // namespace faultline::load
