#pragma once
// "http_req_duration p(95) < 500ms": one number of a run, compared with a target. The vocabulary is k6's, so
// that thresholds can be brought along: `p(95)<200` means milliseconds there, and here.
//
//   expression = metric [aggregate] comparator target
//   metric     = http_req_duration | http_req_failed | http_reqs | checks | arrivals_shed
//   aggregate  = rate | count | avg | min | med | max | p(N)

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/table.h"
#include "steps/comparison.h"

namespace faultline::scenario {

enum class Metric {
  http_req_duration,  // of requests that were answered, from the time they were due
  http_req_failed,    // no answer, or a status that the flow does not expect
  http_reqs,          // every request
  checks,             // what a flow checked of an answer: true or false
};

enum class Aggregate { rate, count, avg, min, med, max, percentile };

struct Expression {
  std::string text;  // as written
  Metric metric{};
  Aggregate aggregate{};
  double percentile = 0;  // 95 for p(95)
  /// Durations in seconds, shares of 1, rates a second, counts.
  steps::Comparison comparison;
};

/// Reads an expression that is a string in a file; a mistake is reported at its column.
std::optional<Expression> read_expression(const Value& value);

/// A value of the expression's metric for people: "412 ms", "3.42%", "18.2/s", "17".
std::string display(const Expression& expression, double value);

/// The number of samples below which the expression's percentile says nothing: fewer than 10 beyond it.
/// Zero when it asks for none.
double samples_needed(const Expression& expression);

}  // namespace faultline::scenario
