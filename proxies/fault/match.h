#pragma once
// Which messages a rule is for.
//
//   match = { command = ["GET", "MGET"], key = "response:*" }
//   match = { statement = "UPDATE jobs *", in_transaction = true }
//   match = { method = "POST", route = "/v1/charges/*", header = { "Idempotency-Key" = "*" }, body = { "/amount" = "100" } }
//
// Every condition must hold; a list holds where one of its patterns does. A pattern is a glob over the whole value: `*` is
// any text, `?` any character, everything else itself. What the conditions look at is asked of a Subject, only when it is
// needed.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/table.h"

namespace faultline::fault {

/// What a message can be asked for. Not every message has a value for each.
enum class Field : std::uint8_t {
  kind,         // the command, the method, the kind of statement: in capitals
  statement,    // the text as sent
  table,        // each table that a statement names
  transaction,  // "true" or "false": within BEGIN … COMMIT, or MULTI … EXEC
  database,
  user,
  parameter,  // each value that is bound to a statement
  key,        // each key of a command
  argument,   // each argument of a command, its name left out
  route,      // the path with its ids as *
  path,       // the path as sent, without its query
  header,     // of this name
  body,       // the value at this JSON pointer, as text
  tenant,     // of the arrival that caused it
};

/// A message, as far as rules can ask about it. Valid while it is being decided about.
class Subject {
 public:
  using Test = std::function<bool(std::string_view value)>;

  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;

  /// Whether the test holds for one of the values. `name` is a header's name or a JSON pointer.
  virtual bool any(Field field, std::string_view name, const Test& test) const = 0;
};

/// Whether the text is of this form.
bool glob(std::string_view pattern, std::string_view text, bool any_case = false);

/// One form that a value may have.
class Pattern {
 public:
  static Pattern of_glob(std::string text, bool any_case);
  /// Nothing, and why, where the expression is wrong.
  static std::optional<Pattern> of_expression(const std::string& text, std::string& error);

  bool fits(std::string_view value) const;
  bool operator==(const Pattern& other) const { return text_ == other.text_ && any_case_ == other.any_case_; }

 private:
  struct Expression;
  std::string text_;
  bool any_case_ = false;
  std::shared_ptr<const Expression> expression_;  // RE2, which takes time in proportion to the text
};

struct Condition {
  Field field{};
  std::string name;  // of a header, or the pointer into a body
  std::vector<Pattern> patterns;

  bool holds(const Subject& subject) const;
  bool operator==(const Condition&) const = default;
};

struct Match {
  std::vector<Condition> conditions;  // those that an operation decides for all of its messages come first

  bool holds(const Subject& subject) const;
  /// As far as it is the same for all messages of an operation: whether it can hold at all.
  bool can_hold(const Subject& any_of_operation) const;
  bool asks_for(Field field) const;
  bool operator==(const Match&) const = default;
};

/// Reads the table after `match =`, for messages of this protocol ("postgres", "redis", "http"). Nothing when it is wrong:
/// reported.
std::optional<Match> read_match(Table& table, std::string_view protocol);

/// The conditions for people, those of one protocol.
std::string conditions_text(std::string_view protocol);

}  // namespace faultline::fault
