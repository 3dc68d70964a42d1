#pragma once
// What the flows of a scenario want made once: their setups before the first phase begins, their teardowns when the load has
// ended. No fault is on then, and nothing of it is of a phase.

#include <string>
#include <vector>

#include "core/journal.h"
#include "load/once.h"
#include "run/arrival_causes.h"
#include "scenario/scenario.h"

namespace faultline::run {

/// The setup of one flow.
struct SetUp {
  std::string flow;
  load::Once once;
};

/// Makes the setups, one after the other. What they capture is then among the secrets, and says nothing of a message's cause.
/// Throws EnvironmentError when one does not come to its end: there is no run without it.
std::vector<SetUp> set_up(const scenario::Scenario& scenario, const http::Url& service,
                          load::Secrets& secrets, ArrivalCauses& causes, const Stop& stop);

/// There was no journal yet when they were made.
void write_set_up(const std::vector<SetUp>& made, Instant start, Journal::Producer& journal);

/// Makes the teardowns. One that does not come to its end is journaled as such, and keeps no other from being made.
void tear_down(const scenario::Scenario& scenario, const http::Url& service, const load::Secrets& secrets,
               Instant start, Journal::Producer& journal, const Stop& stop);

}  // namespace faultline::run
