#pragma once
// Where in an answer a value is: a JSON pointer (RFC 6901) into its body, a header, or what a regular expression (RE2)
// finds in the body.
//
//   "/data/id"     { pointer = "/data/id" }     { header = "ETag" }     { pattern = 'name="token" value="([^"]+)"' }

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/table.h"
#include "http/message.h"

namespace re2 {
class RE2;
}

namespace faultline::load {

struct Source {
  enum class Kind { pointer, header, pattern };
  Kind kind = Kind::pointer;
  std::string text;                                 // the pointer, the header's name, the expression
  std::shared_ptr<const re2::RE2> expression = {};  // of a pattern, compiled
};

/// The string of a key that holds a JSON pointer.
std::string read_pointer(Table& table, std::string_view key);
/// A string, which is a pointer, or a table with one of the three. Nothing when something is wrong.
std::optional<Source> read_source(Table& table, std::string_view key);
/// The one of the three that the table itself has; nothing, and no problem, when it has none.
std::optional<Source> read_source_in(Table& table);

/// An answer that is looked into; its body is parsed at the first look that wants JSON.
class Answer {
 public:
  explicit Answer(const http::Response& response);
  ~Answer();
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  /// A string as it is, a number or a boolean as JSON writes it, what the first group of a pattern matched (or the whole
  /// of it, where it has no group); nothing for null, an array, an object, or where nothing is.
  std::optional<std::string> text(const Source& from) const;
  /// Whether there is anything but null, be it an array or an object.
  bool has(const Source& what) const;
  const std::string& body() const { return response_.body; }

 private:
  struct Document;
  const Document& document() const;

  const http::Response& response_;
  mutable std::unique_ptr<const Document> document_;
};

}  // namespace faultline::load
