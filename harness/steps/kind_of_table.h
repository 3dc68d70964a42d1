#pragma once
// A probe and an action are tables whose kind is the one key they have of a known set: { redis = … }, { sql = … }.

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/table.h"

namespace faultline::steps {

/// The row of `kinds` (each with a `key`) whose key the table has. Null when it has none or several: reported,
/// with `what` as the subject ("a probe").
template <typename Kind, std::size_t N>
const Kind* kind_of_table(Table& table, const Kind (&kinds)[N], std::string_view what) {
  const Kind* found = nullptr;
  std::vector<std::string> known;
  for (const Kind& kind : kinds) {
    known.emplace_back(kind.key);
    if (!table.has(kind.key)) {
      continue;
    }
    if (found) {
      table.problem(kind.key, fmt::format("{} has one of '{}' and '{}'", what, found->key, kind.key));
      return nullptr;
    }
    found = &kind;
  }
  if (!found) {
    std::string near, near_key;
    for (const std::string& key : table.keys()) {
      if (near.empty()) {
        near = did_you_mean(key, known);
        near_key = near.empty() ? "" : key;
      }
    }
    table.problem(near_key, fmt::format("{} has one of {}", what, fmt::join(known, ", ")), near);
  }
  return found;
}

}  // namespace faultline::steps
