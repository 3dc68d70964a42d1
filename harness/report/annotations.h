#pragma once
// Results as GitHub's workflow commands, which put what did not hold beside the scenario's file.

#include <cstddef>
#include <string>

#include "result/suite.h"

namespace faultline::report {

/// GitHub shows so many of a step.
inline constexpr std::size_t kMostAnnotations = 10;

/// A line each, `::error` for what failed and `::warning` for what did not test, the worst first; the last one says how
/// many more there would be. The worst is an environment that could not be had, then checks that failed: invariants,
/// budgets, recovery, expectations, steps; then those that are invalid, then what did not run.
std::string to_annotations(const result::Suite& suite, std::size_t most = kMostAnnotations);

}  // namespace faultline::report
