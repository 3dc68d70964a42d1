#include "judge/incident.h"

#include <algorithm>

namespace faultline::judge {

using scenario::Scenario;
using scenario::Step;

namespace {

bool waits_for_mitigation(const Scenario& scenario, const std::string& fault) {
  return std::any_of(scenario.faults.begin(), scenario.faults.end(), [&](const fault::Rule& rule) {
    return rule.name == fault && rule.until == fault::Until::mitigation;
  });
}

}  // namespace

std::optional<Duration> incident_began(const Scenario& scenario, const Evidence& evidence) {
  std::optional<Duration> first;
  const auto note = [&](Duration at) { first = std::min(first.value_or(at), at); };
  for (const Decision& decision : evidence.decisions) {
    note(decision.at);
  }
  for (const StepBegin& begin : evidence.step_begins) {
    if (begin.step < scenario.steps.size() && scenario.steps[begin.step].kind == Step::Kind::incident) {
      note(begin.at);
    }
  }
  return first;
}

Lift find_lift(const Scenario& scenario, const Evidence& evidence) {
  Lift lift;
  std::vector<std::string> on;
  for (const FaultSwitch& change : evidence.faults) {
    if (change.on) {
      on.push_back(change.fault);
      continue;
    }
    std::erase(on, change.fault);
    lift.at = std::max(lift.at.value_or(change.at), change.at);
    if (change.why == "end" && waits_for_mitigation(scenario, change.fault)) {
      lift.never = change.fault;
    }
  }
  if (!on.empty()) {
    lift.never = on.front();
  }
  for (const StepEnd& end : evidence.steps) {
    if (end.step < scenario.steps.size() && scenario.steps[end.step].kind == Step::Kind::mitigation) {
      lift.at = std::max(lift.at.value_or(end.at), end.at);
    }
  }
  return lift;
}

bool all_taken_out(const Scenario& scenario) {
  return !scenario.faults.empty() && std::none_of(scenario.faults.begin(), scenario.faults.end(),
                                                  [](const fault::Rule& rule) { return rule.enabled; });
}

}  // namespace faultline::judge
