#pragma once
// Results as one page that needs nothing else: no script, no network; light and dark, on a phone and on paper.

#include <string>

#include "result/suite.h"

namespace faultline::report {

/// Of several a table on top; then each: its facts, the playbook step by step, what else was judged, the phases, the
/// error budgets with their arithmetic, and the levels. A section that would be empty is left out.
std::string to_html(const result::Suite& suite);

}  // namespace faultline::report
