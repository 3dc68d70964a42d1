#pragma once
// Takes the ids out of keys and paths.

#include <string>
#include <string_view>

namespace faultline::protocol {

/// Appends `text` with every segment between separators that looks like data replaced by `*`: one that has a digit
/// or a byte that is not printable ASCII, or is longer than 48 bytes. Kept are versions (v1) and months (2024-01),
/// which are parts of a name, and what follows the last dot of a segment (123.json is *.json).
///
///   user:1001:cart, ":"          -> user:*:cart
///   /v1/charges/ch_3MmlL, "/"    -> /v1/charges/*
void append_pattern(std::string& to, std::string_view text, char separator);

}  // namespace faultline::protocol
