#pragma once
// What `faultline compare` sets against each other: two sides of one scenario, and what each must show.
//
//   [compare.a]
//   name  = "off"
//   set   = { "service.env.HARDEN_CIRCUIT_BREAKER" = "0" }   # what is different from the file
//   must  = "fail"
//   fails = ["accepted runs complete"]                       # checks, by some of their words
//   [compare.b]
//   name = "on"
//   must = "hold"
//   may_be_worse = ["arrivals failed in incident"]

#include <optional>
#include <string>
#include <vector>

#include "core/table.h"

namespace faultline::scenario {

struct Side {
  enum class Must { anything, hold, fail };

  std::string name;               // "off"; "a" and "b" unless it is given
  std::vector<Override> changes;  // of the file
  Must must = Must::anything;
  std::vector<std::string> fails;  // each must be in the words of a check that failed
  /// Figures of a phase that it costs, knowingly: "arrivals failed in incident". They are shown, and do not make b worse.
  std::vector<std::string> may_be_worse;
};

struct Pair {
  Side a, b;
};

/// Nothing when the file has no [compare].
std::optional<Pair> read_pair(Table& file);

}  // namespace faultline::scenario
