#pragma once
// Results by hand, which every report is tried with.

#include "result/suite.h"

namespace faultline::report {

/// A run that held, with every field that a result can have.
result::Result held_example();
/// A check of every kind that failed, and one that held.
result::Result failed_example();
/// Words that are markup in every format, and bytes that no format allows.
result::Result nasty_example();
/// Of one, and of those that have no result: a missing environment and an interruption.
result::Suite suite_of(result::Result result);
result::Suite suite_example();

}  // namespace faultline::report
