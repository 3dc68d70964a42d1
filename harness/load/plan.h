#pragma once
// The whole list of arrivals of a run, made before it starts: when each comes, which journey it makes, with
// which data. A pure function of the loads, the phases and the seed. What is run is the list, so a list that
// was kept runs again, and one from which lines were taken out runs with those arrivals missing.
//
//   {"k":17,"at":"800ms","phase":"steady","flow":"settler-mixed","journey":"create and run",
//    "data":{"token":"5d0a91c3f7e2","name":"job-5d0a91c3f7e2","tenant":"tenant-c"},
//    "traceparent":"00-…-…-01"}                                              (one line each)

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostic.h"
#include "core/draw.h"
#include "core/time.h"
#include "load/arrival.h"
#include "load/load.h"

namespace faultline::load {

/// The arrivals of open loads and of those that come once, in the order in which they are due. The users of closed loads
/// are in no plan: when their journeys begin depends on the service (users.h).
std::vector<Arrival> plan(const std::vector<Load>& loads, const std::vector<Phase>& phases, Seed seed);

/// Newline-delimited JSON: equal plans give equal bytes.
void write_plan(std::ostream& out, const std::vector<Arrival>& arrivals);
/// Throws EnvironmentError when the file cannot be written.
void write_plan(const std::filesystem::path& path, const std::vector<Arrival>& arrivals);

/// Reads a plan for these loads and phases. A line that is malformed, or does not fit the flows, is reported
/// with its place; the plan is usable when there are no problems.
std::vector<Arrival> read_plan(std::istream& in, const std::string& name, const std::vector<Load>& loads,
                               const std::vector<Phase>& phases, Diagnostics& problems);
std::vector<Arrival> read_plan(const std::filesystem::path& path, const std::vector<Load>& loads,
                               const std::vector<Phase>& phases, Diagnostics& problems);

}  // namespace faultline::load
