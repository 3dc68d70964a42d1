#pragma once
// The one number that an expression asks of some requests.

#include <cstddef>
#include <optional>
#include <vector>

#include "core/time.h"
#include "judge/evidence.h"
#include "scenario/expression.h"
#include "scenario/scenario.h"

namespace faultline::judge {

using Requests = std::vector<const Request*>;  // of the evidence

/// The value at the nearest rank: the least that is not below `percentile` per cent of them. Exact, not
/// interpolated. `sorted` must not be empty.
Duration percentile_of(const std::vector<Duration>& sorted, double percentile);

/// How long the answered ones took, ascending.
std::vector<Duration> latencies_of(const Requests& requests);

struct Measured {
  std::optional<double> value;  // in the unit of the expression's target; absent without samples
  std::size_t samples = 0;      // answered requests for a duration, checks for checks, otherwise requests
  std::size_t asked = 0;        // requests, answered or not
};

/// `length` is the time in which the requests were due: what a rate a second is taken over.
Measured measure(const scenario::Expression& expression, const Requests& requests, Duration length);
/// The same of a phase.
Measured measure(const scenario::Expression& expression, const scenario::Phase& phase,
                 const Evidence& evidence);

/// What a dependency was asked for between the begin and the end of a phase, by the arrivals that were due in it and were
/// started. Absent where one of these is not known, or there were none.
std::optional<double> calls_per_arrival(const std::string& dependency, const std::string& phase,
                                        const Evidence& evidence);

}  // namespace faultline::judge
