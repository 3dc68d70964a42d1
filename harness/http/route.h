#pragma once
// Paths against patterns: what a table of routes is made of.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::http {

/// What the `:name` segments of a pattern stand for in a path, decoded and in order; nothing when the path does
/// not fit. "/v1/charges/:id" fits "/v1/charges/ch_1" and gives {"ch_1"}. A `:name` is never empty, and may
/// carry a fixed ending: "/orders/:id.json".
std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path);

}  // namespace faultline::http
