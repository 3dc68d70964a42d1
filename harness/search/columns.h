#pragma once
// Text that keeps to its column.

#include <cstddef>
#include <string>

namespace faultline::search {

/// At most so many characters; a text that is longer ends with "…". Words may be in any language: UTF-8.
std::string cut(const std::string& text, std::size_t width);
/// The same, filled up with blanks.
std::string cell(const std::string& text, std::size_t width);

}  // namespace faultline::search
