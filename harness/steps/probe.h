#pragma once
// A probe looks at the environment and says whether a condition can be seen. It is data and one function; the
// kinds are one file each in this folder and one row each in the table of probe.cc.
//
//   probe = { redis = ["PING"], fails = true, within = "2s" }
//   probe = { sql = "SELECT count(*) FROM jobs", is = "> 0" }
//   probe = { http = "GET /readyz", status = 200, contains = "degraded" }
//   probe = { metric = "cache_misses_total", rate = "> 5", within = "5s" }     # a second, over the watch so
//   far probe = { metric = "redis_up", is = "== 0" } probe = { log = "service", contains = "redis
//   unavailable" }

#include <memory>
#include <optional>
#include <string>

#include "core/table.h"
#include "core/time.h"
#include "steps/world.h"

namespace faultline::steps {

/// What one look saw: whether the condition held, and the fact it rests on ("ECONNREFUSED", "7.5/s").
struct Sighting {
  bool seen = false;
  std::string text;
};

/// What a probe remembers between the looks of one watch.
struct Watch {
  std::optional<double> first_value;
  Instant first_at{};
};

class Probe {
 public:
  Probe() = default;
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  virtual ~Probe() = default;

  virtual Sighting look(World& world, Watch& watch) const = 0;
  /// For reports: "redis PING fails".
  virtual std::string describe() const = 0;

  /// How long the condition may take to be seen. Zero: one look decides.
  Duration within{};
};

/// Reads the table after `probe =`. Nothing when it is wrong: then the mistake has been reported.
std::unique_ptr<const Probe> read_probe(Table& table);

/// The outcome of watching: the last look, when it was made, and how many there were.
struct Watched {
  Sighting last;
  Instant at{};
  int looks = 0;
  bool interrupted = false;  // the run was stopped first
};

/// Looks every 100 ms, until the condition is seen or `within` has passed.
Watched watch(const Probe& probe, World& world);

}  // namespace faultline::steps
