#pragma once
// When something went wrong in a run, and when nothing did any more.

#include <optional>
#include <string>

#include "judge/evidence.h"
#include "scenario/scenario.h"

namespace faultline::judge {

/// The first time that a fault acted, or that a step which makes the incident began; nothing where neither happened.
std::optional<Duration> incident_began(const scenario::Scenario& scenario, const Evidence& evidence);

struct Lift {
  std::optional<Duration>
      at;             // the last fault was lifted or the last mitigation had ended, whichever is later
  std::string never;  // the fault that nobody lifted
};
Lift find_lift(const scenario::Scenario& scenario, const Evidence& evidence);

/// Every fault of the scenario is switched off: then it is what was wanted that does not come about, not the test.
bool all_taken_out(const scenario::Scenario& scenario);

}  // namespace faultline::judge
