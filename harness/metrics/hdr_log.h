#pragma once
// Histograms as HdrHistogram's own tools read them: its log format, version 1.3, with the V2 compressed encoding
// (github.com/HdrHistogram/HdrHistogram, HistogramLogWriter.java and EncodableHistogram.java). Values are microseconds.

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

#include "core/time.h"
#include "metrics/histogram.h"

namespace faultline::metrics {

/// The V2 encoding, compressed (zlib), in Base64.
std::string hdr_encoded(const Histogram& histogram);

class HdrLog {
 public:
  /// Writes the heading. `begin` is when the time that lines count from was, in seconds since 1970.
  HdrLog(std::ostream& out, double begin);

  /// What was seen in an interval: from `from` on, for `length`. The tag may be empty; a comma or a blank in it becomes
  /// '_', since the format has no way to write it.
  void write(std::string_view tag, Duration from, Duration length, const Histogram& histogram);

 private:
  std::ostream& out_;
};

}  // namespace faultline::metrics
