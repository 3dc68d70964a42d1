#pragma once
// Commands that an operator gives while the environment runs. What they write is kept in a log.

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

namespace faultline::run {

struct Command {
  std::vector<std::string> argv;                   // argv[0] is searched for in PATH
  std::map<std::string, std::string> environment;  // added to the harness's own
  std::filesystem::path directory;                 // the harness's own when empty
};

struct CommandEnd {
  std::optional<process::Exit> exit;  // nothing: it was killed when its time was over, or the run was stopped
  std::string output;  // standard output and error, the last kKeptOutput bytes, no blank line at the end
};
inline constexpr std::size_t kKeptOutput = 64 * 1024;

/// May be used from several threads at once.
class Commands {
 public:
  /// `logs` is an existing directory, in which step-commands.log is written. All must outlive it.
  Commands(process::Guardian& guardian, std::filesystem::path logs, const Stop& stop)
      : guardian_(guardian), logs_(std::move(logs)), stop_(stop) {}

  /// Returns when it has ended, or `limit` has passed. Nothing that it started is left. Throws EnvironmentError when it
  /// cannot be started.
  CommandEnd run(const Command& command, Duration limit);
  /// Starts one that goes on until the environment ends. Throws EnvironmentError when it cannot be started.
  void begin(const Command& command);

 private:
  void write_log(const Command& command, const CommandEnd& end);

  process::Guardian& guardian_;
  const std::filesystem::path logs_;
  const Stop& stop_;
  std::mutex mutex_;  // guards what follows, and the log
  int count_ = 0;
  std::vector<std::unique_ptr<process::Child>> going_on_;
};

}  // namespace faultline::run
