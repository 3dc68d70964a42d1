#pragma once
// A metric of a flow's own, beside those that every load has: a rate, a trend or a counter, as in k6.
//
//   { rate = "jobs_created" }                              # whether the request got the answer that it expects, and
//                                                          # every check of it held
//   { rate = "runs_completed", pointer = "/data/status", in = ["completed"] }   # whether this is there
//   { trend = "job_creation" }                             # its latency, in milliseconds
//   { trend = "job_run", since = "run job" }               # from when that earlier step was due to this answer
//   { trend = "rows", pointer = "/data/count" }            # a number of the answer
//   { counter = "api_errors", when = "failed" }            # 1 for each request that failed; "passed", "always"

#include <optional>
#include <string>
#include <vector>

#include "core/table.h"
#include "load/source.h"
#include "metrics/store.h"

namespace faultline::load {

struct Measure {
  enum class When { always, passed, failed };

  metrics::Kind kind = metrics::Kind::rate;  // or a trend, or a counter
  std::string metric;
  std::optional<Source> at{};     // of a rate, or a trend
  std::vector<std::string> in{};  // of a rate with `at`
  std::string since{};            // of a trend: the name of an earlier step
  When when = When::always;       // of a counter
};

/// Reads the key `measure`; absent: none.
std::vector<Measure> read_measures(Table& table);

}  // namespace faultline::load
