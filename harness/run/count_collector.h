#pragma once
// After the load: asks for the numbers that a scenario wants to know of each arrival (scenario/count.h), and writes them
// into the journal.

#include <map>
#include <string>
#include <vector>

#include "core/journal.h"
#include "load/observer.h"
#include "loop/stop.h"
#include "run/environment.h"
#include "scenario/scenario.h"

namespace faultline::run {

/// An arrival that has ended, and what is known of the work that it asked for.
struct Ended {
  load::Arrival arrival;
  load::Outcome outcome = load::Outcome::acked;
  std::map<std::string, load::Outcome>
      of_request;  // by its name in the flow; of several attempts the best known
  load::Captures captures;
};

void collect_counts(const scenario::Scenario& scenario, const Addresses& addresses,
                    const std::vector<Ended>& ended, Journal::Producer& journal, const Stop& stop);

}  // namespace faultline::run
