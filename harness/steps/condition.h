#pragma once
// What a probe wants of an answer. Everything that is given must hold.
//
//   fails = true         no answer, or an error (false: an answer, and no error)
//   status = 200         the status of an HTTP answer, or of a command
//   equals = "PONG"      the value of an answer that is no error: the whole text, unless it has one of its own
//   is = "> 5"           the same, as a number
//   contains = "ready"   somewhere in the answer, whatever its status

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/comparison.h"
#include "core/table.h"
#include "steps/probe.h"
#include "steps/world.h"

namespace faultline::steps {

/// What kind of status an answer has.
struct StatusKind {
  std::string_view name;    // "20 is no HTTP status"
  std::string_view prefix;  // "HTTP 200: …"
  int least = 0, most = 0;
};
inline constexpr StatusKind kHttpStatus = {"HTTP status", "HTTP", 100, 599};
inline constexpr StatusKind kExitStatus = {"exit status", "exit status", 0, 255};

struct Condition {
  std::optional<bool> fails;
  std::optional<int> status;
  std::optional<std::string> equals;
  std::optional<Comparison> is;
  std::optional<std::string> contains;
  StatusKind status_kind = kHttpStatus;

  Sighting check(const Answer& answer) const;
  /// "fails", "status 200 and contains 'degraded'".
  std::string describe() const;
};

/// Reads those of the keys above that a kind of probe offers. Nothing when there is none of them, or they are
/// wrong: reported.
std::optional<Condition> read_condition(Table& table, std::initializer_list<std::string_view> offered,
                                        StatusKind status_kind = kHttpStatus);

/// Reads the status at `key`. Absent, or reported: nothing.
std::optional<int> read_status(Table& table, std::string_view key, StatusKind kind);

/// Reads "> 5" at `key`. Absent, or reported: nothing.
std::optional<Comparison> read_comparison(Table& table, std::string_view key);

/// A text from outside, for a report: its first line, and no more than kExcerpt bytes of it.
std::string excerpt(std::string_view text);
inline constexpr std::size_t kExcerpt = 200;

}  // namespace faultline::steps
