// How much of the error budget the run spent: allowed = (1 - target) x requests, spent = errors / allowed.

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using result::Check;
using result::Verdict;

constexpr double kMonthMinutes = 30 * 24 * 60;
// 1 - 0.9 is a little less than 0.1: three errors of the three allowed are not one too many because of it.
constexpr double kRounding = 1e-9;

double points(double share) {
  return share * 100;
}

}  // namespace

void judge_budget(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result) {
  const auto events = static_cast<double>(evidence.requests.size());
  const auto bad = static_cast<double>(std::count_if(evidence.requests.begin(), evidence.requests.end(),
                                                     [](const Request& each) { return each.error(); }));
  for (const scenario::BudgetExpectation& budget : scenario.budgets) {
    const double most = budget.spend_at_most.value;
    Check check{.kind = "budget",
                .what = fmt::format("{} {}: budget spent", budget.slo, to_text(budget.target)),
                .where = "run",
                .target = "<= " + to_text(budget.spend_at_most)};
    if (events == 0) {
      check.actual = "no requests";
      check.verdict = Verdict::failed;
      result.checks.push_back(std::move(check));
      continue;
    }
    const double share_allowed = 1 - budget.target.value;
    const double allowed = share_allowed * events;
    const double spent = bad / allowed;
    const bool held = spent <= most * (1 + kRounding);
    check.verdict = held ? Verdict::held : Verdict::failed;
    check.actual = fmt::format("{:.1f}%", points(spent));
    check.margin = held ? fmt::format("{:.1f} points left", points(std::max(0.0, most - spent)))
                        : fmt::format("{:.1f} points over", points(spent - most));
    const double cost = bad / events * seconds(scenario.length()) / 60;
    check.detail = fmt::format(
        "{:.0f} errors of {:.0f} requests; allowed {} x {:.0f} = {:.2f}; {:.2f} / {:.2f} = "
        "{:.1f}%. It costs {:.3f} min of the {:.1f} min that {} leaves in a month of 30 days",
        bad, events, to_text(Ratio{share_allowed}), events, allowed, bad, allowed, points(spent), cost,
        share_allowed * kMonthMinutes, to_text(budget.target));
    // Of several budgets, the one that is spent most.
    result.budget_spent = std::max(result.budget_spent.value_or(spent), spent);
    result.checks.push_back(std::move(check));
  }
}

}  // namespace faultline::judge
