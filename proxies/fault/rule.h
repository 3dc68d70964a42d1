#pragma once
// A fault of a scenario: what happens, where, and when.
//
//   [[fault]]
//   name     = "redis-refuses"
//   on       = "redis"
//   during   = "incident"          # a phase, or several; the whole run unless given
//   until    = "mitigation"        # or "phase", which is the default
//   inject   = { refuse = {} }
//   edge     = "response"          # for faults that act on bytes
//   enabled  = true
//   may_idle = false               # whether the run is still valid when the fault never acted

#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "fault/fault.h"

namespace faultline {
class Table;
}

namespace faultline::fault {

enum class Until {
  phase,       // it ends with the phases that it is for
  mitigation,  // once on, it stays until a mitigation has ended, or the run
};

struct Rule {
  std::string name;
  std::string on;                   // the dependency
  std::vector<std::string> during;  // phases; none: always
  Until until = Until::phase;
  Fault fault;
  Edge edge = Edge::both;
  bool enabled = true;
  bool may_idle = false;
  Place place;  // where it was written
};

/// Reads one [[fault]]. Nothing when it is wrong: then the mistake has been reported. Whether its phases and its
/// dependency exist is for the scenario to say.
std::optional<Rule> read_rule(Table& table);

}  // namespace faultline::fault
