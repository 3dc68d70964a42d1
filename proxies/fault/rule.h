#pragma once
// A fault of a scenario: what happens, where, to what, and when.
//
//   [[fault]]
//   name     = "redis-refuses"
//   on       = "redis"
//   during   = "incident"          # a phase, or several; the whole run unless given
//   until    = "mitigation"        # or "phase", which is the default
//   inject   = { refuse = {} }
//   edge     = "response"          # for faults that act on bytes or messages
//   match    = { … }               # which messages: match.h
//   when     = { … }               # how often: when.h
//   enabled  = true
//   may_idle = false               # whether the run is still valid when the fault never acted

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "fault/fault.h"
#include "fault/match.h"
#include "fault/when.h"

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
  bool of_messages = false;  // it acts on messages, not on bytes or connections
  bool of_process = false;   // nor on those, but on a process
  Match match;
  When when;
  bool enabled = true;
  bool may_idle = false;
  Place place;  // where it was written
};

/// Which fault points are told one by one, whether a rule acts on them or not.
enum class Observe {
  off,
  rules,  // of operations that a rule could act on
  all,
};

/// What a rule can be on.
struct Target {
  std::string name;
  std::string protocol;      // "raw", "postgres", "redis", "http"
  std::string process = {};  // "service", "postgres", "redis"; empty: none that we have started
};

/// Reads one [[fault]]. Nothing when it is wrong: then the mistake has been reported. `on` may be left out where there is
/// one target. Whether its phases exist is for the scenario to say. `unnamed` is the name of a rule that has none; empty:
/// it must have one.
std::optional<Rule> read_rule(Table& table, const std::vector<Target>& targets,
                              const std::string& unnamed = {});

}  // namespace faultline::fault
