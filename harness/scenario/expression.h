#pragma once
// "http_req_duration p(95) < 500ms": one number of a run, compared with a target. The vocabulary is that of k6's
// thresholds (grafana.com/docs/k6/latest/using-k6/thresholds, "Threshold syntax"), so that they can be brought along:
// `p(95)<200` means milliseconds there, and here.
//
//   expression = metric aggregate comparator target
//              | dependency "calls_per_arrival" comparator target
//
//   metric             aggregates                   target
//   http_req_duration  avg min med max p(N)         500ms, 1.5s; a bare number is milliseconds
//   http_req_failed    rate                         1%; a bare number is a share of 1
//   http_req_unknown   rate                         the same
//   http_reqs          count, rate (a second)       17; 20/s, or a bare number
//   checks             rate                         95%; a bare number is a share of 1
//   calls_per_arrival  none: it is a ratio          3.5
//
// A target may be a multiple of the same number in another phase: "postgres calls_per_arrival < 2 x steady".
//
// Blanks may stand between the parts, and need not but between metric and aggregate. N is between 0 and 100, both
// excluded.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/comparison.h"
#include "core/table.h"

namespace faultline::scenario {

enum class Metric {
  http_req_duration,  // of requests that were answered, from the time they were due
  http_req_failed,    // no answer, or a status that the flow does not expect
  http_req_unknown,   // nobody knows whether it was done: no answer, or a status that does not say
  http_reqs,          // every request
  checks,             // what a flow checked of an answer: true or false
  calls_per_arrival,  // what a dependency was asked for while the phase lasted, by the arrivals that were due in it
};

enum class Aggregate { rate, count, avg, min, med, max, percentile, ratio };

struct Expression {
  std::string text;        // as written
  std::string dependency;  // of calls_per_arrival
  std::string
      times;  // a phase: the target is as many times the number there; empty: the target is the number
  Metric metric{};
  Aggregate aggregate{};
  double percentile = 0;  // 95 for p(95)
  /// Durations in seconds, shares of 1, rates a second, counts.
  Comparison comparison;
};

/// Reads an expression that is a string in a file; nothing when there is a mistake, which is reported at its column.
std::optional<Expression> read_expression(const Value& value);
/// The same of an expression in two parts, whose target is a number: "http_req_duration p(95)" and "< 500ms".
std::optional<Expression> read_expression(const Value& measure, const Value& comparison);
/// Only the second part, where what is compared is a share: "> 95%". `what` takes the place of the metric in its text.
std::optional<Expression> read_share_expression(const std::string& what, const Value& comparison);

/// A value of the expression's metric for people: "412 ms", "3.42%", "18.2/s", "17".
std::string display(const Expression& expression, double value);
/// What is wanted of it, exactly: "< 500ms", "<= 1%".
std::string display_target(const Expression& expression);
/// By how much a value meets the target or misses it: "2.42 points over", "188 ms left", "3 short". Empty where
/// there is no such measure.
std::string margin(const Expression& expression, double value);

/// The number of samples below which the expression's percentile says nothing: fewer than 10 beyond it. A median is
/// the 50th. Zero when it asks for none.
double samples_needed(const Expression& expression);

}  // namespace faultline::scenario
