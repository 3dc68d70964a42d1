#pragma once
// Text inside XML and HTML: what a parser of either reads is what was put in.

#include <string>
#include <string_view>

namespace faultline::report {

/// Between tags. Only readable characters (report/characters.h).
std::string in_text(std::string_view text);
/// Between the quotes of an attribute, whose newlines and tabs a parser would otherwise make spaces.
std::string in_attribute(std::string_view text);

}  // namespace faultline::report
