#pragma once
// A private Prometheus beside the service, and what is expected of its alerts.

#include <map>
#include <optional>
#include <string>

#include "core/time.h"
#include "promql/suite.h"

namespace faultline::scenario {

struct Monitoring {
  promql::Suite suite;
  std::map<std::string, double> thresholds;  // of alerts, in the place of their own
};

/// Of one alert, or of all of them.
struct AlertExpectation {
  std::string name;                       // empty: of all
  bool never = false;                     // none of the others then
  std::optional<Duration> fires_within;   // from the first thing that went wrong
  std::optional<Duration> clears_within;  // from when nothing went wrong any more
  std::string to;                         // the receiver that must be told; empty: whoever
};

}  // namespace faultline::scenario
