#pragma once
// Results as JUnit XML, for whatever shows tests: a suite for each scenario, a case for each check.

#include <string>

#include "result/suite.h"

namespace faultline::report {

/// A failed check is a <failure>, an invalid one an <error>, a scenario without an environment a suite with one
/// <error>, one that was interrupted a suite with one <skipped>. A check has no time of its own: it has that of the
/// phase that it is about, or 0.
std::string to_junit(const result::Suite& suite);

}  // namespace faultline::report
