#pragma once
// The events that an objective counts, as a run's evidence has them.
//
//   requests   one each, due when the request was
//   runs       one each that the service accepted, due when the arrival was that asked for it; good when it has completed
//   webhooks   one each delivery that the receiver saw, due when its first attempt came: what goes wrong before that it
//              cannot know. Good when it was answered 2xx as the contract wants it, so soon as the objective says. One
//              that was answered 410 and never 2xx is not counted: the customer wants no more. A run that was announced,
//              has ended, and that no attempt was about is one bad event, due when its arrival was

#include <string>
#include <string_view>
#include <vector>

#include "judge/evidence.h"
#include "scenario/scenario.h"
#include "slo/burn.h"
#include "slo/objective.h"

namespace faultline::judge {

struct Events {
  std::vector<slo::Event> all;  // by time
  std::vector<std::string_view>
      phases;           // of each of them, in the same order; points into evidence or scenario
  std::string unknown;  // why nobody can say: then there are none
};

Events events_of(const slo::Indicator& good, const scenario::Scenario& scenario, const Evidence& evidence);

}  // namespace faultline::judge
