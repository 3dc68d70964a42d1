#pragma once
// A text of a script with its expressions: "/jobs/{{ jobId }}". Read, not evaluated: what has a counterpart is told apart
// from what has none.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::import {

struct Expression {
  enum class Kind {
    text,           // characters as they are
    variable,       // {{ name }}
    environment,    // {{ $processEnvironment.NAME }}, or $env.NAME
    random_string,  // {{ $randomString() }}, or with a length
    random_number,  // {{ $randomNumber(1, 6) }}
    uuid,           // {{ $uuid }}, {{ $uuid() }}
    other,          // what there is nothing for
  };
  Kind kind = Kind::text;
  std::string text;  // the characters, the name, or the whole of what is between the braces
  std::optional<std::string> fallback{};  // of an environment variable: || "this"
  std::int64_t least = 0, most = 0;       // of a number; of a string, `most` is its length
  bool operator==(const Expression&) const = default;
};

/// The pieces of a text, one after the other. Braces without an end are characters.
std::vector<Expression> parse_expressions(std::string_view text);

}  // namespace faultline::import
