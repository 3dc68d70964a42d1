#pragma once
// What a flow checks of an answer beyond its status. One that fails is counted, by its name, in `checks`; the journey
// goes on. A check holds when everything holds that it names:
//
//   { name = "has an id", pointer = "/data/id" }                         # something is there, and not null
//   { name = "is done",   pointer = "/data/status", in = ["completed"] }   # one of these is there
//   { name = "is cached", header = "X-Cache", in = ["hit"] }
//   { name = "no error",  pattern = "result: ok" }                       # a regular expression (RE2) finds something
//   { name = "is 200",    status = [200] }
//   { name = "fast",      within = "200ms" }                             # from the time that the request was due

#include <optional>
#include <string>
#include <vector>

#include "core/table.h"
#include "core/time.h"
#include "load/source.h"

namespace faultline::load {

struct Check {
  std::string name;
  std::optional<Source> at{};
  std::vector<std::string> in{};  // empty: anything
  std::vector<int> status{};      // empty: any
  std::optional<Duration> within{};

  /// Of an answer with this status after this latency.
  bool holds(const Answer& answer, int status_of_answer, Duration latency) const;
};

/// Reads the key `check`; absent: none.
std::vector<Check> read_checks(Table& table);

/// An array of statuses, or one; what is wrong is reported.
std::vector<int> read_statuses(Table& table, std::string_view key);

}  // namespace faultline::load
