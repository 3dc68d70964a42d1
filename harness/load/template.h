#pragma once
// Text with placeholders, which a request is made from: "/api/v1/jobs/${jobId}/run". Read once, with every
// name checked, and expanded for each request. `$${` stands for the characters `${` themselves.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "core/table.h"

namespace faultline::load {

struct Template {
  struct Piece {
    bool placeholder = false;
    std::string text;  // the characters, or the placeholder's name
    bool operator==(const Piece&) const = default;
  };
  std::vector<Piece> pieces;
  bool operator==(const Template&) const = default;
};

/// The placeholders that have a value at some point of a flow, and what that value is.
struct Names {
  enum class Kind { text, integer };
  std::map<std::string, Kind> known;
  /// Those of them that a step captures: a later step may capture them anew.
  std::set<std::string> captured;
  /// Whether ${api_key} and ${env:NAME} may stand here: they may in a request, and not in what a plan holds.
  bool secrets = true;
};

/// The key of ${tenant}.
inline constexpr std::string_view kApiKeyName = "api_key";
/// A variable of the environment: "env:NAME". Known wherever secrets may stand.
inline constexpr std::string_view kEnvironmentPrefix = "env:";

/// Reads a string of a file; what is wrong is reported at its column. `problems` is the file's own list.
std::optional<Template> read_template(const Value& value, const Names& names, Diagnostics& problems);

/// Puts characters at the end.
void append(Template& text, std::string_view characters);

/// How a value is written where its placeholder stands, so that no value changes what surrounds it.
enum class Encoding {
  plain,
  target,  // percent-encoded (RFC 3986, 2.1)
  header,  // a control character, which would end the field, becomes a blank
  form,    // as in application/x-www-form-urlencoded
  json,    // as inside a JSON string, without its quotes
};

/// The value of a placeholder, or null when it has none.
using Lookup = std::function<const std::string*(const std::string& name)>;

/// Nothing when a placeholder has no value.
std::optional<std::string> expand(const Template& text, Encoding encoding, const Lookup& lookup);

}  // namespace faultline::load
