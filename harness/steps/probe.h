#pragma once
// A probe looks at the environment and says whether a condition can be seen. It is data and one function; the
// kinds are one file each in this folder and one row each in the table of probe.cc.
//
//   probe = { redis = ["PING"], fails = true, within = "2s" }                  # fails, equals, is
//   probe = { sql = "SELECT count(*) FROM jobs", is = "> 0" }                  # fails, equals, is, contains
//   probe = { http = "GET /readyz", status = 200, contains = "degraded" }      # fails, status, contains
//   probe = { run = ["settler", "migrate", "status"], contains = "pending" }   # fails, status, equals, is, contains
//   probe = { metric = "cache_misses_total", rate = "> 5", within = "5s" }     # a second, over the watch so far
//   probe = { metric = "jobs_total{status=\"failed\"}", is = "== 0" }          # the sum of the series that fit
//   probe = { log = "service", contains = "redis unavailable" }                # written since the phase began
//
// The conditions are described in condition.h. A metric that is not there is not seen, whatever is asked of it. A
// rate needs two scrapes at least kShortestRate apart before it is seen, since a shorter one is mostly noise; a
// counter that went back was begun anew, and so is the time over which its rate is taken.

#include <memory>
#include <optional>
#include <string>

#include "core/table.h"
#include "core/time.h"
#include "steps/world.h"

namespace faultline::steps {

/// How often a watch looks, and how long one look may wait for its answer.
inline constexpr Duration kLookEvery = std::chrono::milliseconds(100);
inline constexpr Duration kLookLimit = std::chrono::seconds(1);
/// A command is given longer: to start a program takes its time.
inline constexpr Duration kCommandLookLimit = std::chrono::seconds(10);
/// The time over which a rate is taken at the least.
inline constexpr Duration kShortestRate = std::chrono::seconds(1);

/// What one look saw: whether the condition held, and the fact it rests on ("ECONNREFUSED", "7.5/s").
struct Sighting {
  bool seen = false;
  std::string text;
};

/// What a probe remembers between the looks of one watch.
struct Watch {
  std::optional<double> first_value;
  double last_value = 0;
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
  /// The least `within` in which the condition can be seen at all.
  virtual Duration shortest() const { return Duration::zero(); }

  // The tenant as whom it asks, for the scenario to check; empty when it names none.
  std::string tenant;

  /// How long the condition may take to be seen. Zero: one look decides.
  Duration within{};
};

/// Reads the table after `probe =`, to its end. Nothing when no probe can be made of it; every mistake has been
/// reported.
std::unique_ptr<const Probe> read_probe(Table& table);

/// The outcome of watching: the last look, when it was made, and how many there were.
struct Watched {
  Sighting last;
  Instant at{};
  int looks = 0;
  bool interrupted = false;  // the run was stopped first
};

/// Looks every kLookEvery, until the condition is seen or `within` has passed; the last look begins when it has
/// passed, not before.
Watched watch(const Probe& probe, World& world);

}  // namespace faultline::steps
