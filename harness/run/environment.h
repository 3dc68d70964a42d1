#pragma once
// Everything that a scenario needs running: PostgreSQL, Redis, the mocks, a proxy in front of each, and the
// service behind them. Dependencies start side by side; the service starts once they are ready; all of it is
// torn down in reverse, whatever happens.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fault/rule.h"
#include "ledger/ledger.h"
#include "loop/stop.h"
#include "process/guardian.h"
#include "result/result.h"
#include "run/commands.h"
#include "run/monitoring.h"
#include "scenario/scenario.h"
#include "steps/world.h"
#include "stream/causes.h"
#include "stream/proxy.h"
#include "transport/transport.h"
#include "webhook_receiver/receiver.h"

namespace faultline::run {

struct Addresses {
  std::string service;                           // http://127.0.0.1:port; through its proxy, where it has one
  std::map<std::string, std::string> proxied;    // dependency -> what the service is told
  std::map<std::string, std::string> variables;  // environment variable -> value, as the service gets them
  std::map<std::string, std::string> known_as;   // the harness's name for a variable -> the service's

  /// What the service gets as the variable of that name, be it the harness's or the service's own; null when it gets none.
  const std::string* variable(const std::string& name) const;
};

/// How a process ended that was asked to.
struct Stopped {
  std::optional<process::Exit> exit;  // nothing: it was not running
  bool killed = false;                // since it had not ended in time
};

/// What a private server has stored, written to a file or put back: it is as it says where the command did its work.
struct Stored {
  CommandEnd end;
  std::uintmax_t bytes = 0;
  std::size_t tables = 0;
};

/// What webhooks are signed with: the same whenever the seed is.
std::string webhook_secret(Seed seed);

class Environment {
 public:
  /// Called for each part that is ready, from several threads.
  using Started = std::function<void(const result::StartUp&)>;

  /// Starts everything. `logs` is an existing directory. `transport` carries the proxies' bytes. `observers` makes the observer of a dependency's
  /// proxy; it must outlive the environment. Throws EnvironmentError when something cannot be had, or is not
  /// ready in time, or the stop was requested; then nothing is left running.
  /// `causes` says whose messages are. It must outlive the environment.
  Environment(const scenario::Scenario& scenario, std::filesystem::path logs, transport::Kind transport,
              stream::Causes& causes,
              const std::function<stream::Observer&(const std::string& dependency)>& observers,
              Started started, const Stop& stop);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  const Addresses& addresses() const;
  Duration ready_after() const;

  // From any thread.

  /// Replaces the rules at a dependency's proxy.
  void apply(const std::string& dependency, stream::RuleSet rules);
  /// Stops and starts a private server, or the service. A server's proxy listens when the server does, so that clients are refused,
  /// or told that it is starting, as they would be without one.
  void restart(const std::string& process, const steps::Changes& changes = {});
  // As steps::World has them.
  Stopped stop(const std::string& process, Duration grace);
  CommandEnd run(const std::vector<std::string>& command, Duration limit);
  /// The same for one that goes on until the environment ends.
  void begin(const std::vector<std::string>& command);
  Stored dump(const std::string& process, Duration limit);
  Stored restore(const std::string& process, Duration limit);
  void signal(const std::string& process, int number);
  void delete_data(const std::string& process);
  void fill_disk(const std::string& process, std::optional<std::uint64_t> free);
  /// Starts it if it has ended.
  void ensure_running(const std::string& process);
  /// The service's time of day is wrong by so much from now on.
  void skew_clock(Duration by);
  /// So many processes do nothing but compute from now on.
  void press_cpu(std::uint64_t workers);
  /// The counters of each proxy: by dependency, and of "service" where rules are in front of it.
  std::map<std::string, stream::Counters> proxies() const;
  /// What the service has asked a dependency to do so far, by operation.
  std::vector<stream::Proxy::Calls> calls(const std::string& dependency) const;
  /// The log file of "service", "postgres" or "redis".
  std::filesystem::path log(const std::string& process) const;
  /// How the service ended, if the harness started it and it has.
  std::optional<process::Exit> service_exit() const;
  const ledger::Ledger& ledger() const;
  /// The customer whom the service notifies; null where the scenario has none.
  const webhook_receiver::Receiver* webhooks() const;
  /// The private Prometheus; null where the scenario has none.
  const Monitoring* monitoring() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultline::run
