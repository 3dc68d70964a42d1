#pragma once
// Where a script finds a value in JSON, as a JSON pointer (RFC 6901).

#include <optional>
#include <string>
#include <string_view>

namespace faultline::import {

/// "$.data.items[0].id", "data['a b']" -> "/data/items/0/id", "/data/a b". Nothing for a path that may find several values, or
/// the whole document, or is none.
std::optional<std::string> to_pointer(std::string_view path);

}  // namespace faultline::import
