#pragma once
// A load test's result for a person at a terminal, in at most 80 columns where the names allow it.

#include <string>

#include "loadtest/result.h"

namespace faultline::loadtest {

std::string summary(const Result& result, bool colour);

}  // namespace faultline::loadtest
