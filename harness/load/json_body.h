#pragma once
// The body of a request, written in a flow as a TOML table or as JSON text, and kept as one template:
// expanding it builds no tree.

#include <optional>

#include "core/table.h"
#include "load/template.h"

namespace faultline::load {

/// Reads the value of `json`. A table, an array, or a value of one becomes JSON; a string in it that is one
/// integer placeholder and nothing else becomes a number. A string at the top is JSON text already, in which
/// a placeholder stands inside a JSON string, or bare for a number. What is wrong is reported.
std::optional<Template> read_json_body(const Value& value, const Names& names, Diagnostics& problems);

}  // namespace faultline::load
