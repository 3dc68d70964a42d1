// What other programs make of a log is seen by hdr_log.test.mjs.

#include "metrics/hdr_log.h"

#include <gmock/gmock.h>

#include <sstream>

namespace faultline::metrics {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(HdrLog, BeginsWithWhatItsReadersLookFor) {
  std::ostringstream out;
  HdrLog log(out, 1700000000.5);
  Histogram histogram;
  histogram.record(12ms);
  log.write("create job,1", 1500ms, 1s, histogram);
  EXPECT_THAT(out.str(), StartsWith("#[Histogram log format version 1.3]\n#[StartTime: 1700000000.500 "));
  EXPECT_THAT(out.str(), HasSubstr("\nTag=create_job_1,1.500,1.000,12.007,HISTFAAA"));
}

TEST(HdrLog, WritesEqualHistogramsInEqualBytes) {
  Histogram a, b;
  for (const auto value : {1us, 5000us, 70us}) {
    a.record(value);
  }
  for (const auto value : {70us, 1us, 5000us}) {
    b.record(value);
  }
  EXPECT_EQ(hdr_encoded(a), hdr_encoded(b));
  b.record(1us);
  EXPECT_NE(hdr_encoded(a), hdr_encoded(b));
}

}  // namespace
}  // namespace faultline::metrics
