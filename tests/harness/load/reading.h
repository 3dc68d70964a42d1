#pragma once
// How the tests of this folder read a flow, and look at what was wrong with one.

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.h"
#include "load/load.h"

namespace faultline::load {

/// A flow that must be right.
inline Flow flow_of(std::string_view text) {
  Diagnostics problems;
  Table file = Table::parse(text, "flow.toml", problems);
  auto flow = read_flow(file, problems);
  if (!flow || !problems.empty()) {
    throw std::runtime_error(problems.empty() ? "no flow, and no reason" : to_text(problems.front()));
  }
  return *flow;
}

/// An open load at a constant rate.
inline Load open_load(std::string_view flow, Rate rate) {
  return {.flow = flow_of(flow), .course = steady(rate.per_second)};
}

/// "line:column message, suggestion" of each mistake.
inline std::vector<std::string> lines_of(const Diagnostics& problems) {
  std::vector<std::string> lines;
  for (const Diagnostic& problem : problems) {
    lines.push_back(fmt::format("{}:{} {}{}{}", problem.place.line, problem.place.column, problem.message,
                                problem.suggestion.empty() ? "" : ", ", problem.suggestion));
  }
  return lines;
}

/// What is wrong with a flow.
inline std::vector<std::string> mistakes_in(std::string_view text) {
  Diagnostics problems;
  Table file = Table::parse(text, "flow.toml", problems);
  const auto flow = read_flow(file, problems);
  if (flow && problems.empty()) {
    return {};
  }
  auto lines = lines_of(problems);
  if (flow) {
    lines.push_back("and yet a flow was returned");
  }
  return lines;
}

}  // namespace faultline::load
