// Figures against their levels, phase by phase: for people, and for no verdict.

#include <fmt/format.h>

#include <map>

#include "judge/events.h"
#include "judge/judgements.h"
#include "judge/measure.h"

namespace faultline::judge {
namespace {

using scenario::Level;

// The share of good events of each phase.
std::map<std::string_view, Measured> shares_of(const Events& events) {
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> good_of_all;
  for (std::size_t i = 0; i < events.all.size(); ++i) {
    auto& [good, all] = good_of_all[events.phases[i]];
    good += events.all[i].bad ? 0 : 1;
    ++all;
  }
  std::map<std::string_view, Measured> shares;
  for (const auto& [phase, counted] : good_of_all) {
    const auto& [good, all] = counted;
    shares[phase] = {static_cast<double>(good) / static_cast<double>(all), all, all};
  }
  return shares;
}

result::Level level_of(const Level& level, const std::string& phase, const Measured& measured) {
  result::Level found{.what = level.target.text,
                      .where = phase,
                      .target = display_target(level.target),
                      .warning = display_target(level.warning),
                      .actual = measured.value ? display(level.target, *measured.value) : "no samples",
                      .level = "unknown"};
  const double needed = samples_needed(level.target);
  // A number of calls has no samples that could be too few.
  if (measured.value && needed > static_cast<double>(measured.samples)) {
    found.actual += fmt::format(", of {} samples, and {:.0f} are needed", measured.samples, needed);
  } else if (measured.value) {
    found.level = level.target.comparison.holds(*measured.value)    ? "target"
                  : level.warning.comparison.holds(*measured.value) ? "warning"
                                                                    : "critical";
  }
  return found;
}

}  // namespace

void judge_levels(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result) {
  for (const Level& level : scenario.levels) {
    std::map<std::string_view, Measured> shares;
    for (const slo::Objective& objective : scenario.objectives) {
      if (objective.name == level.slo) {
        shares = shares_of(events_of(objective.good, scenario, evidence));
      }
    }
    for (const scenario::Phase& phase : scenario.phases) {
      result.levels.push_back(
          level_of(level, phase.name,
                   level.slo.empty() ? measure(level.target, phase, evidence) : shares[phase.name]));
    }
  }
}

}  // namespace faultline::judge
