#pragma once
// A result for a person at a terminal, in at most 80 columns where the words allow it.

#include <string>

#include "result/suite.h"

namespace faultline::report {

struct Style {
  bool colour = false;
  bool verbose = false;  // every check, not only those that did not hold
};

/// One run: its phases in numbers, what was judged, and how to run it again.
std::string to_terminal(const result::Result& result, const Style& style);

/// Many runs: of each its verdict, recovery time, p95 and error rate per phase, budget spent. A line each where 80
/// columns hold the phases beside one another, otherwise the phases below it.
std::string summary_table(const result::Suite& suite, const Style& style);

}  // namespace faultline::report
