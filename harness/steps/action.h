#pragma once
// What a step does to the environment. Data and one function, like a probe.
//
//   do = { restart = "redis" }   do = { restart = "service", env = { POOL_SIZE = "20" }, fails = true, within = "5s" }
//   do = { stop = "service", within = "20s" }
//   do = { restart = "service", killed = true }     # by SIGKILL, instead of being asked to end
//   do = { run = ["psql", "…"], background = true }     # goes on until the end of the run
//   do = { kill = "redis", signal = "KILL" }     do = { pause = "service" }     do = { resume = "service" }
//   do = { delete_data = "postgres" }     do = { fill_disk = "postgres", free = "1MB" }     do = { free_disk = "postgres" }
//   do = { dump = "postgres" }     do = { restore = "postgres", within = "30s" }
//   do = { lift = "redis-refuses" }
//   do = { run = ["settler", "migrate", "down"], status = 0, within = "30s" }
//   do = { sql = "…" }   do = { redis = ["FLUSHALL"] }
//   do = { http = "POST /admin/…", headers = { … }, tenant = "tenant-b", body = '{…}', status = 200 }

#include <memory>
#include <string>

#include "core/table.h"
#include "steps/world.h"

namespace faultline::steps {

class Action {
 public:
  Action() = default;
  Action(const Action&) = delete;
  Action& operator=(const Action&) = delete;
  virtual ~Action() = default;

  /// Does it. Not `ok` when it was refused or failed, with the reason as its text.
  virtual Answer act(World& world) const = 0;
  /// For reports: "restart redis".
  virtual std::string describe() const = 0;

  // What the action names, for the scenario to check: a process, a fault, or a tenant. Empty when it names none.
  std::string process;
  std::string fault;
  std::string tenant;
  Place place;              // of that name
  bool fills_disk = false;  // the process needs a disk of its own
};

/// Reads the table after `do =`, to its end. Nothing when no action can be made of it; every mistake has been
/// reported.
std::unique_ptr<const Action> read_action(Table& table);

}  // namespace faultline::steps
