// Whether the run tested what it says: only then its other checks say something of the service.

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using result::Check;
using result::Verdict;
using scenario::Scenario;

Check new_check(std::string what, std::string target, std::string actual, bool held) {
  return {.kind = "validity",
          .what = std::move(what),
          .where = "run",
          .target = std::move(target),
          .actual = std::move(actual),
          .verdict = held ? Verdict::held : Verdict::invalid};
}

std::string percent(double share) {
  return fmt::format("{:.2f}%", share * 100);
}

void judge_interruption(const Evidence& evidence, std::vector<Check>& checks) {
  if (evidence.interrupted) {
    checks.push_back(new_check("the run went to its end", "not interrupted",
                               fmt::format("interrupted by signal {}", *evidence.interrupted), false));
  }
}

// Every phase that the scenario plans began and ended.
void judge_phases(const Scenario& scenario, const Evidence& evidence, std::vector<Check>& checks) {
  for (const scenario::Phase& phase : scenario.phases) {
    const auto has = [&](bool begins) {
      return std::any_of(evidence.phases.begin(), evidence.phases.end(), [&](const PhaseEdge& edge) {
        return edge.phase == phase.name && edge.begins == begins;
      });
    };
    if (!has(true) || !has(false)) {
      Check check = new_check(fmt::format("phase '{}' was run", phase.name), "begun and ended",
                              has(true) ? "not ended" : "not begun", false);
      check.where = phase.name;
      checks.push_back(std::move(check));
    }
  }
}

void judge_faults(const Scenario& scenario, const Evidence& evidence, std::vector<Check>& checks) {
  for (const fault::Rule& rule : scenario.faults) {
    if (!rule.enabled || rule.may_idle) {
      continue;
    }
    const auto acted = std::count_if(evidence.decisions.begin(), evidence.decisions.end(),
                                     [&](const Decision& decision) { return decision.fault == rule.name; });
    Check check = new_check(fmt::format("fault '{}' acted", rule.name), "at least once",
                            acted == 0        ? "never"
                            : rule.of_process ? fmt::format("on {}", rule.on)
                                              : fmt::format("on {} connections of {}", acted, rule.on),
                            acted > 0);
    if (const auto reason = evidence.not_made.find(rule.name); reason != evidence.not_made.end()) {
      check.detail = fmt::format("it could not be made: {}", reason->second);
    } else if (acted == 0) {
      check.detail = fmt::format("nothing that went between the service and {} was changed by it", rule.on);
    }
    checks.push_back(std::move(check));
  }
}

// The arrivals were started, and in time: otherwise it is the generator that was tested.
void judge_generator(const Scenario& scenario, const Evidence& evidence, std::vector<Check>& checks) {
  const load::Validity& validity = scenario.validity;
  std::size_t started = 0, late = 0;
  Duration latest{};
  for (const Arrival& arrival : evidence.arrivals) {
    if (!arrival.shed) {
      ++started;
      late += arrival.late > validity.late ? 1 : 0;
      latest = std::max(latest, arrival.late);
    }
  }
  const std::size_t shed = evidence.arrivals.size() - started;
  // The journeys of users are due when they are begun, or would have been.
  const auto of_users = static_cast<std::uint64_t>(
      std::count_if(evidence.arrivals.begin(), evidence.arrivals.end(),
                    [](const Arrival& arrival) { return load::iteration_of(arrival.number).has_value(); }));
  const std::uint64_t planned = evidence.planned_arrivals.value_or(0);
  const std::uint64_t due = planned + of_users;
  if (due == 0 && !scenario.has_users()) {
    checks.push_back(new_check("the load was planned", "at least one arrival", "none", false));
    return;
  }
  const double started_share = due == 0 ? 0 : static_cast<double>(started) / static_cast<double>(due);
  Check all = new_check("arrivals were started", ">= " + to_text(validity.started_at_least),
                        percent(started_share), started_share >= validity.started_at_least.value);
  all.detail = scenario.has_users() ? fmt::format("{} of {} due ({} planned, {} of users), {} shed", started,
                                                  due, planned, of_users, shed)
                                    : fmt::format("{} of {} planned, {} shed", started, planned, shed);
  checks.push_back(std::move(all));

  const double late_share = started == 0 ? 0 : static_cast<double>(late) / static_cast<double>(started);
  Check in_time = new_check(fmt::format("arrivals were at most {} late", to_text(validity.late)),
                            fmt::format("but for {}", to_text(validity.late_at_most)), percent(late_share),
                            late_share <= validity.late_at_most.value);
  in_time.detail = fmt::format("{} of {} were later, the latest by {}", late, started, to_display(latest));
  checks.push_back(std::move(in_time));
}

void judge_service(const Evidence& evidence, std::vector<Check>& checks) {
  const auto answered = std::count_if(evidence.requests.begin(), evidence.requests.end(),
                                      [](const Request& request) { return request.answered(); });
  checks.push_back(new_check("the service was reached", "at least one answer",
                             fmt::format("{} of {} requests answered", answered, evidence.requests.size()),
                             answered > 0));
}

}  // namespace

void judge_validity(const Scenario& scenario, const Evidence& evidence, result::Result& result) {
  judge_interruption(evidence, result.checks);
  judge_phases(scenario, evidence, result.checks);
  judge_faults(scenario, evidence, result.checks);
  judge_generator(scenario, evidence, result.checks);
  judge_service(evidence, result.checks);
}

}  // namespace faultline::judge
