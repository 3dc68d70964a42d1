#include "scenario/scenario.h"

#include <algorithm>

#include "core/assert.h"

namespace faultline::scenario {

std::string protocol_of(const std::string& dependency) {
  return dependency == "postgres" || dependency == "redis" ? dependency : "http";
}

std::string to_text(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::incident:
      return "incident";
    case Step::Kind::symptom:
      return "symptom";
    case Step::Kind::diagnosis:
      return "diagnosis";
    case Step::Kind::workaround:
      return "workaround";
    case Step::Kind::mitigation:
      return "mitigation";
    case Step::Kind::recovery:
      break;
  }
  return "recovery";
}

bool acts(Step::Kind kind) {
  return kind == Step::Kind::incident || kind == Step::Kind::workaround || kind == Step::Kind::mitigation;
}

std::string to_text(Invariant invariant) {
  switch (invariant) {
    case Invariant::every_accepted_run_ends:
      return "every accepted run ends";
    case Invariant::accepted_runs_complete:
      return "accepted runs complete";
    case Invariant::reports_match_the_ledger:
      return "reports match the ledger";
    case Invariant::no_webhook_lost:
      return "no webhook lost";
    case Invariant::webhook_repeats_carry_the_same_id:
      return "webhook repeats carry the same id";
    case Invariant::no_webhook_before_its_backoff:
      return "no webhook is repeated before its backoff";
    case Invariant::no_tenant_sees_another:
      return "no tenant sees another's data";
    case Invariant::repeats_answered_alike:
      return "a request sent again is answered alike";
    case Invariant::webhook_signatures_verify:
      return "webhook signatures verify";
  }
  FAULTLINE_ASSERT(false, "an invariant without a name");
}

std::vector<load::Phase> Scenario::load_phases() const {
  std::vector<load::Phase> list;
  list.reserve(phases.size());
  for (const Phase& phase : phases) {
    list.push_back({phase.name, phase.length});
  }
  return list;
}

bool Scenario::has(const std::string& dependency) const {
  return std::any_of(dependencies.begin(), dependencies.end(),
                     [&](const Dependency& each) { return each.name == dependency; });
}

bool Scenario::wants(Invariant invariant) const {
  return std::find(invariants.begin(), invariants.end(), invariant) != invariants.end();
}

const Phase* Scenario::phase(const std::string& wanted) const {
  const auto found =
      std::find_if(phases.begin(), phases.end(), [&](const Phase& each) { return each.name == wanted; });
  return found == phases.end() ? nullptr : &*found;
}

bool Scenario::nothing_must_complete_in(const std::string& of) const {
  const auto floor = complete_at_least_in.find(of);
  return floor != complete_at_least_in.end() && floor->second.value <= 0;
}

Ratio Scenario::completion_floor(const std::string& phase) const {
  const auto own = complete_at_least_in.find(phase);
  return own == complete_at_least_in.end() ? complete_at_least : own->second;
}

bool Scenario::has_users() const {
  return std::any_of(load.begin(), load.end(),
                     [](const load::Load& each) { return each.model == load::Load::Model::closed; });
}

bool Scenario::once() const {
  return !load.empty() && std::all_of(load.begin(), load.end(), [](const load::Load& each) {
    return each.model == load::Load::Model::once;
  });
}

}  // namespace faultline::scenario
