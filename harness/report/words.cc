#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"

namespace faultline::report {

using result::PhaseFigures;
using result::Result;

std::string name_of(const result::Check& check) {
  return check.where.empty() || check.where == "run"
             ? fmt::format("{}: {}", check.kind, check.what)
             : fmt::format("{} in {}: {}", check.kind, check.where, check.what);
}

std::string finding_of(const result::Check& check) {
  std::string text = check.actual;
  if (!check.target.empty()) {
    text += fmt::format("{}wanted {}", text.empty() ? "" : ", ", check.target);
  }
  if (!check.margin.empty()) {
    text += fmt::format("{}({})", text.empty() ? "" : " ", check.margin);
  }
  return text;
}

std::string percent(double share) {
  return fmt::format("{:.2f}%", share * 100);
}

std::string or_dash(const std::optional<Duration>& duration) {
  return duration ? to_display(*duration) : "-";
}

std::string headline(const result::Suite& suite) {
  const auto all = suite.outcomes.size();
  const auto not_held =
      std::count_if(suite.outcomes.begin(), suite.outcomes.end(),
                    [](const result::Outcome& outcome) { return to_text(outcome) != "held"; });
  const char* noun = all == 1 ? "scenario" : "scenarios";
  return not_held == 0 ? fmt::format("{} {} held", all, noun)
                       : fmt::format("{} of {} {} did not hold", not_held, all, noun);
}

std::vector<std::string> phases_of(const std::vector<const Result*>& results) {
  std::vector<std::string> names;
  for (const Result* result : results) {
    for (const PhaseFigures& phase : result->phases) {
      if (std::find(names.begin(), names.end(), phase.name) == names.end()) {
        names.push_back(phase.name);
      }
    }
  }
  return names;
}

std::vector<std::string> dependencies_of(const Result& result) {
  std::vector<std::string> names;
  for (const PhaseFigures& phase : result.phases) {
    for (const auto& [dependency, calls] : phase.calls_per_arrival) {
      if (std::find(names.begin(), names.end(), dependency) == names.end()) {
        names.push_back(dependency);
      }
    }
  }
  return names;
}

const PhaseFigures* find_phase(const Result& result, const std::string& name) {
  const auto found = std::find_if(result.phases.begin(), result.phases.end(),
                                  [&](const PhaseFigures& phase) { return phase.name == name; });
  return found == result.phases.end() ? nullptr : &*found;
}

}  // namespace faultline::report
