// Writes a log of three histograms of drawn durations, and behind it, as comments, the values themselves: what another
// program reads must be these.

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <iostream>

#include "core/draw.h"
#include "metrics/hdr_log.h"

int main() {
  using namespace faultline;
  metrics::HdrLog log(std::cout, 1700000000);
  for (std::uint64_t interval = 0; interval < 3; ++interval) {
    metrics::Histogram histogram;
    Draws draws(1, "sample", interval);
    std::string values;
    for (int i = 0; i < 5000; ++i) {
      // From a microsecond to some minutes, over all buckets.
      const auto units = static_cast<std::int64_t>(std::exp(draws.unit() * 19));
      histogram.record(std::chrono::microseconds(units));
      values += fmt::format(" {}", units);
    }
    log.write(interval == 1 ? "tagged" : "", std::chrono::seconds(interval), std::chrono::seconds(1),
              histogram);
    std::cout << "#values" << values << '\n';
  }
  return EXIT_SUCCESS;
}
