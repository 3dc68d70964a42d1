#pragma once
// The variants of a scenario that an audit runs: each with one thing changed, so that the scenario must not hold any more.
//
//   without fault redis-refuses           fault.redis-refuses.enabled=false
//   without mitigation Restart Redis      step.4.enabled=false; likewise every incident and workaround
//   without RATE_LIMIT_FALLBACK           service.env.RATE_LIMIT_FALLBACK=0, for each of [scenario] guards
//   with the incident from the start      fault.redis-refuses.during=["steady","incident"]

#include <cstddef>
#include <string>
#include <vector>

#include "core/draw.h"
#include "core/table.h"
#include "scenario/scenario.h"

namespace faultline::search {

struct Variant {
  enum class Kind { without_fault, without_step, without_guard, incident_from_the_start };
  Kind kind{};
  std::string what;  // "without fault redis-refuses"
  std::string
      changed;  // the fault, the step, the variable; empty: every fault, and every step that makes the incident
  std::vector<Override> overrides;
};

/// All of them: faults, steps that do something and guards in the order of the file, then the incident from the start. That one is
/// made where there is something that must hold at rest: an expectation of a phase before the incident, or a symptom.
std::vector<Variant> audit_variants(const scenario::Scenario& scenario);

/// `count` of them at the most, in their order: drawn from the seed.
std::vector<Variant> sample_of(const std::vector<Variant>& variants, std::size_t count, Seed seed);

}  // namespace faultline::search
