#pragma once
// Judges a run from its scenario and its journal alone, without sockets and without clocks: so a journal that
// was kept can be judged again, and gives the same verdict.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "result/result.h"
#include "scenario/scenario.h"

namespace faultline::judge {

/// Fills in verdict, checks, phases, recovery and budget; what the run itself knows (version, directory,
/// repeat) is the caller's.
result::Result judge(const scenario::Scenario& scenario, const std::vector<nlohmann::ordered_json>& journal);

}  // namespace faultline::judge
