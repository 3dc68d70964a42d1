#pragma once
// What a metric must be, in k6's own syntax (grafana.com/docs/k6/latest/using-k6/thresholds), so that thresholds can be
// brought along:
//
//   [thresholds]
//   http_req_duration = ["p(95)<200", "p(99)<500"]                    # milliseconds; "200ms" says so
//   "http_req_duration{phase:peak,name:create job}" = "p(95)<300"      # of the samples that have these tags
//   http_req_failed = [{ threshold = "rate<1%", abort_on_fail = true, delay_abort_eval = "10s" }]
//
//   counter   count, rate (a second)
//   gauge     value
//   rate      rate (a share of 1, or "1%")
//   trend     avg, min, med, max, p(N)

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/comparison.h"
#include "core/table.h"
#include "core/time.h"
#include "metrics/store.h"

namespace faultline::metrics {

enum class Aggregate { count, rate, value, avg, min, med, max, percentile };

struct Threshold {
  Selector of;
  std::string text;  // as written: "p(95)<200"
  Aggregate aggregate{};
  double percentile = 0;  // 95 for p(95)
  Comparison comparison;  // durations in milliseconds
  bool abort_on_fail = false;
  Duration delay_abort_eval{};  // the samples of so long a time are gathered first
};

/// Reads the table `thresholds`; absent: none. What is wrong is reported at its place. `known` says what kind a metric is
/// of, and nothing for one that there is not; `names` are those that there are.
std::vector<Threshold> read_thresholds(Table& file, const std::vector<std::pair<std::string, Kind>>& known);

/// A threshold alone: "p(95)<200", for a metric of that kind. Nothing when it is none.
std::optional<Threshold> parse_threshold(std::string_view text, Kind kind);

/// The number that a threshold looks at; nothing where there was no sample. `length` is what a counter's rate is of.
std::optional<double> value_of(const Threshold& threshold, const Series& series, Duration length);

/// The samples below which its percentile says nothing: fewer than 10 beyond it. 0 where it is of no percentile.
double samples_needed(const Threshold& threshold);

/// For people: "412 ms", "0.42%", "17".
std::string display(const Threshold& threshold, double value);

}  // namespace faultline::metrics
