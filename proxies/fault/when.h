#pragma once
// How often a rule acts on the messages that it is for.
//
//   when = { probability = "5%" }
//   when = { first = 2, of = "cause" }            # the first two tries of each request fail
//   when = { every = 3, of = "arrivals" }         # whatever every third arrival makes the service do
//   when = { after = 10, at_most = 5, of = "run" }
//
// Several conditions are joined by and. What is counted is written beside them:
//
//   of = "cause"     by the ordinal of the message among the equal ones of its cause (see decide.h)
//   of = "arrivals"  by the number of the arrival that caused it, within its phase where the rule has phases
//   of = "run"       by the order in which messages come: the only one that two runs need not agree about

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/table.h"
#include "fault/match.h"

namespace faultline::fault {

struct When {
  enum class Of { cause, arrivals, run };
  Of of = Of::cause;
  // All from 1.
  std::optional<std::uint64_t> nth;    // this one only
  std::optional<std::uint64_t> every;  // its multiples
  std::optional<std::uint64_t> first;  // up to this one
  std::optional<std::uint64_t> after;  // beyond this one
  std::optional<std::uint64_t> at_most;
  double probability = 1;
  std::vector<Pattern> for_tenant;  // none: whoever it is

  bool counts() const { return nth || every || first || after || at_most; }
  bool operator==(const When&) const = default;

  /// Whether the conditions that count hold for the n-th, but for at_most.
  bool counted(std::uint64_t n) const;
  /// How many there are up to the n-th for which they hold.
  std::uint64_t counted_up_to(std::uint64_t n) const;
};

/// Reads the table after `when =`. Nothing when it is wrong: reported.
std::optional<When> read_when(Table& table);

/// The keys for people.
std::string triggers_text();

}  // namespace faultline::fault
