#pragma once
// Text of a service, of which nothing is known, as characters that every format may hold.

#include <cstddef>
#include <string>
#include <string_view>

namespace faultline::report {

/// UTF-8 of characters that XML 1.0 allows: a control character is shown by its picture (U+2400 and on), but for tab,
/// line feed and carriage return; what is not UTF-8, or no character, by U+FFFD.
std::string readable(std::string_view text);

/// Readable text of at most so many bytes, with "…" in place of what is cut off.
std::string shortened(std::string text, std::size_t most);

}  // namespace faultline::report
