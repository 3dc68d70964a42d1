#pragma once
// After the load: what Prometheus' alerts did while it lasted, and who was told, into the journal.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/journal.h"
#include "loop/stop.h"
#include "run/monitoring.h"
#include "scenario/monitoring.h"

namespace faultline::run {

/// An alert is in another state.
struct AlertChange {
  std::string alert;
  std::string state;  // pending, firing, inactive
  Duration at{};      // since the first moment that was asked for
};

/// Of the series of ALERTS at every `step` from `from` (Unix time) on: an alert is as the worst of its series. In the order of
/// time; none of a state that it had from the start, inactive.
std::vector<AlertChange> changes_of(const nlohmann::json& series, double from, Duration step,
                                    Duration length);

/// From the begin of the run to `over`, when the last phase had ended: without load what follows says nothing.
/// Waits a little for those who must be told and were not yet.
void collect_alerts(const Monitoring& monitoring, const std::vector<scenario::AlertExpectation>& wanted,
                    Instant start, Instant over, Journal::Producer& journal, const Stop& stop);

}  // namespace faultline::run
