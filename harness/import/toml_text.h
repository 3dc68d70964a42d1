#pragma once
// Values as TOML writes them, in the way that people would.

#include <string>
#include <string_view>
#include <vector>

namespace faultline::import {

/// "text", or 'text' where that spares backslashes.
std::string in_quotes(std::string_view text);
/// A key: bare where it may be.
std::string key(std::string_view name);
/// Several lines between ''' where they can be written so; otherwise like `in_quotes`.
std::string block(std::string_view text);
/// ["a", "b"], of values that are TOML already.
std::string array(const std::vector<std::string>& values);
/// { a = 1, b = 2 }, of members that are TOML already.
std::string table(const std::vector<std::string>& members);

}  // namespace faultline::import
