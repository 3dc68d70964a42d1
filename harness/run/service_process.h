#pragma once
// The service under test: a process that the harness starts and ends, or one that runs already at an address.

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "loop/stop.h"
#include "process/guardian.h"
#include "run/commands.h"
#include "scenario/scenario.h"

namespace faultline::run {

/// Throws EnvironmentError when a start is to be given up.
void check_stop(const Stop& stop);

/// What starts and ends it is the caller's to keep apart; the rest may be used from any thread.
class ServiceProcess {
 public:
  struct Place {
    std::string address;                           // its own: http://127.0.0.1:port
    std::map<std::string, std::string> variables;  // of its environment
    std::filesystem::path logs;                    // an existing directory, in which service.log is written
    bool clock_can_be_skewed = false;
  };

  /// Starts nothing yet. All must outlive it.
  ServiceProcess(process::Guardian& guardian, const scenario::Service& wanted, Place place, const Stop& stop);

  /// Starts it, where it does not run elsewhere, and returns once it is ready. Throws EnvironmentError when it is not `within` so
  /// long, or the stop was requested.
  void start(Duration within);
  /// SIGTERM, and SIGKILL when it has not ended in time. After an interruption there is less of it.
  void stop();
  void kill(int with_signal = 9 /* SIGKILL */);
  /// To all of its processes.
  void signal(int number);
  bool running() const;
  /// How it ended, if the harness started it and it has.
  std::optional<process::Exit> exit() const;

  /// Variables that it gets from its next start on, beside the others or in their place.
  void change(const std::map<std::string, std::string>& variables);
  /// A command in the place where the service is, and with what it has.
  Command command(const std::vector<std::string>& argv) const;
  /// Its time of day is wrong by so much from now on, where the place says that it can be.
  void skew_clock(Duration by) const;

 private:
  bool ready() const;
  void wait_for_one_elsewhere(Duration within) const;
  std::map<std::string, std::string> environment() const;
  std::filesystem::path skew_file() const { return place_.logs / "service.clock"; }

  process::Guardian& guardian_;
  const scenario::Service& wanted_;
  const Place place_;
  const Stop& stop_;
  mutable std::mutex changed_mutex_;  // guards `changed_`
  std::map<std::string, std::string> changed_;
  std::unique_ptr<process::Child> child_;  // null until it is started, and when it runs elsewhere
};

}  // namespace faultline::run
