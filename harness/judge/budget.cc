// How much of its error budget the run spent of each objective, and how fast: allowed = (1 - target) x events,
// spent = bad / allowed.

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "judge/events.h"
#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using result::Budget;
using result::Burn;
using result::Check;
using result::Verdict;
using scenario::BudgetExpectation;
using scenario::Scenario;

constexpr double kMonthMinutes = 30 * 24 * 60;
// 1 - 0.9 is a little less than 0.1: three errors of the three allowed are not one too many because of it.
constexpr double kRounding = 1e-9;

double points(double share) {
  return share * 100;
}

Burn to_result(slo::Burn burn) {
  return {.threshold = burn.windows.threshold,
          .long_window = burn.windows.long_window,
          .short_window = burn.windows.short_window,
          .long_in_run = burn.long_in_run,
          .short_in_run = burn.short_in_run,
          .peak = burn.peak,
          .fired_at = burn.fired_at,
          .until = burn.until,
          .left_out = std::move(burn.left_out)};
}

// Of at least one event.
Budget budget_of(Ratio target, const Events& events, const Scenario& scenario) {
  const auto bad =
      std::count_if(events.all.begin(), events.all.end(), [](const slo::Event& each) { return each.bad; });
  Budget budget{.target = target.value, .events = events.all.size(), .bad = static_cast<std::uint64_t>(bad)};
  const double share = slo::allowed_share(target);
  const auto all = static_cast<double>(budget.events);
  budget.allowed = share * all;
  budget.spent = static_cast<double>(bad) / budget.allowed;
  budget.cost_minutes = static_cast<double>(bad) / all * seconds(scenario.length()) / 60;
  budget.month_minutes = share * kMonthMinutes;
  for (slo::Burn& burn : slo::burns(events.all, target, scenario.length(), scenario.window_scale)) {
    budget.burns.push_back(to_result(std::move(burn)));
  }
  return budget;
}

Check judge_expectation(const BudgetExpectation& expected, const Events& events, const Scenario& scenario,
                        result::Result& result) {
  const double most = expected.spend_at_most.value;
  Check check{.kind = "budget",
              .what = fmt::format("{} {}: budget spent", expected.slo, to_text(expected.target)),
              .where = "run",
              .target = "<= " + to_text(expected.spend_at_most)};
  const std::string of = to_text(expected.good.of);
  if (events.all.empty()) {
    check.actual = events.unknown.empty() ? fmt::format("no {}", of) : events.unknown;
    check.verdict = events.unknown.empty() ? Verdict::failed : Verdict::invalid;
    return check;
  }
  const Budget budget = budget_of(expected.target, events, scenario);
  const bool held = budget.spent <= most * (1 + kRounding);
  check.verdict = held ? Verdict::held : Verdict::failed;
  check.actual = fmt::format("{:.1f}%", points(budget.spent));
  check.margin = held ? fmt::format("{:.1f} points left", points(std::max(0.0, most - budget.spent)))
                      : fmt::format("{:.1f} points over", points(budget.spent - most));
  check.detail = fmt::format(
      "{} {} of {} {}; allowed {} x {} = {:.2f}; {:.2f} / {:.2f} = {:.1f}%. It costs {:.3f} min of the "
      "{:.1f} min that "
      "{} leaves in a month of 30 days",
      budget.bad, expected.good == slo::Indicator{} ? "errors" : "bad", budget.events, of,
      to_text(Ratio{slo::allowed_share(expected.target)}), budget.events, budget.allowed,
      static_cast<double>(budget.bad), budget.allowed, points(budget.spent), budget.cost_minutes,
      budget.month_minutes, to_text(expected.target));
  // Of several budgets, the one that is spent most.
  result.budget_spent = std::max(result.budget_spent.value_or(budget.spent), budget.spent);
  return check;
}

}  // namespace

void judge_budget(const Scenario& scenario, const Evidence& evidence, result::Result& result) {
  for (const slo::Objective& objective : scenario.objectives) {
    const Events events = events_of(objective.good, scenario, evidence);
    if (events.all.empty()) {
      continue;
    }
    Budget budget = budget_of(objective.target, events, scenario);
    budget.slo = objective.name;
    budget.summary = objective.summary;
    result.budgets.push_back(std::move(budget));
  }
  for (const BudgetExpectation& expected : scenario.budgets) {
    result.checks.push_back(
        judge_expectation(expected, events_of(expected.good, scenario, evidence), scenario, result));
  }
}

}  // namespace faultline::judge
