#pragma once
// Results as Markdown for the summary of a GitHub Actions step: a table of the scenarios, then what did not hold, then
// what did, folded.

#include <cstddef>
#include <string>

#include "result/suite.h"

namespace faultline::report {

/// GitHub drops a summary that is longer than this, all of it.
inline constexpr std::size_t kSummaryLimit = 1 << 20;
/// Room for what other programs add to the same step's.
inline constexpr std::size_t kSummaryRoom = 1 << 15;

/// At most so many bytes. What does not fit is left out, of the scenarios that held first, then of those that did not,
/// then of the table; the end says how much.
std::string to_markdown(const result::Suite& suite, std::size_t limit = kSummaryLimit - kSummaryRoom);

/// Text that GitHub shows as it is, in a line or in a cell of a table.
std::string in_markdown(const std::string& text);

}  // namespace faultline::report
