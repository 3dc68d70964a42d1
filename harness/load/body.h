#pragma once
// What a request carries: one of these, and never two.
//
//   json      = { name = "${name}" }             # json_body.h
//   form      = { name = "${name}", "items[0]" = 3, tag = ["a", "b"] }   # application/x-www-form-urlencoded; an array is
//                                                # the same name several times
//   body      = "id;name\n1;${name}\n"           # a text as it is; text/plain unless a header says otherwise
//   body_file = "photo.png"                      # a file beside the flow as it is; application/octet-stream, likewise
//   multipart = { note   = "for ${name}",        # multipart/form-data (RFC 7578), its parts in the order of the file
//                 meta   = { value = "{}", type = "application/json" },
//                 upload = { file = "cards.csv", type = "text/csv", name = "my cards.csv" } }   # type and name: as you like
//
// A file is read once, with the flow, and may be of 64 MiB.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/table.h"
#include "load/template.h"

namespace faultline::load {

/// What stands between the parts of a multipart body (RFC 2046, 5.1.1): the placeholder of what is another one for each
/// arrival. No name of a flow has a blank.
inline constexpr std::string_view kBoundaryName = "multipart boundary";

struct BodyFile {
  std::filesystem::path path;
  std::shared_ptr<const std::string> bytes;
};

struct Body {
  enum class Kind { json, form, text, file, multipart };

  Kind kind = Kind::json;
  std::vector<std::variant<Template, BodyFile>> pieces;  // one after the other
};

/// The one of them that a step has; nothing when it has none, or something is wrong, which is reported.
std::optional<Body> read_body(Table& step, const Names& names, Diagnostics& problems);

/// The Content-Type of such a body.
Template content_type(Body::Kind kind);

/// The bytes to send. Nothing when a placeholder has no value.
std::optional<std::string> expand(const Body& body, const Lookup& lookup);

}  // namespace faultline::load
