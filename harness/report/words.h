#pragma once
// What every report calls a thing by.

#include <optional>
#include <string>
#include <vector>

#include "result/suite.h"

namespace faultline::report {

/// "expectation in incident: http_req_failed rate < 1%"; without the place where it is the whole run.
std::string name_of(const result::Check& check);

/// "3.42%, wanted < 1% (2.42 points over)", of it what there is.
std::string finding_of(const result::Check& check);

/// "3.42%"
std::string percent(double share);
std::string or_dash(const std::optional<Duration>& duration);

/// "2 of 27 scenarios did not hold", "27 scenarios held".
std::string headline(const result::Suite& suite);

/// The names of the phases of all of them, each once, in the order in which they come.
std::vector<std::string> phases_of(const std::vector<const result::Result*>& results);
/// The dependencies whose calls are known, likewise.
std::vector<std::string> dependencies_of(const result::Result& result);
/// Nothing where it has no phase of that name.
const result::PhaseFigures* find_phase(const result::Result& result, const std::string& name);

}  // namespace faultline::report
