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
#include "load/load.h"

namespace faultline::load {

struct Phase {
  std::string name;
  Duration length{};
};

struct Arrival {
  std::uint64_t number = 0;  // from 1, in the order of the plan that was made; kept when others are taken out
  Duration at{};             // when it is due, since the start of the run
  std::uint64_t after = 0;   // not before this arrival has ended; 0: none. One that is not in the plan has
  std::string phase;         // in which it is due; a phase does not include its end
  std::string flow, journey;
  std::vector<std::pair<std::string, std::string>> data;  // in the flow's order
  std::string traceparent;                                // version 00, sampled (W3C Trace Context, 3.2)

  const std::string* datum(const std::string& name) const;
  bool operator==(const Arrival&) const = default;
};

/// Arrivals in the order in which they are due; those due at once in the order of their loads. Those of loads that come
/// once are due at the start, each after the one before it. Arrival k
/// draws from the stream (seed, "arrival", k): its journey and trace there at index 0, its n-th datum at
/// index n, so that a datum added at the end of a flow changes none of the others.
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
