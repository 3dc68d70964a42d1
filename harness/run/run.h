#pragma once
// One run: makes its directory, starts the environment, applies the load, plays the scenario, collects what
// the verdict needs, tears everything down, and judges.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "load/driver.h"
#include "loop/stop.h"
#include "result/result.h"
#include "run/timeline.h"
#include "scenario/scenario.h"
#include "transport/transport.h"

namespace faultline::run {

struct Options {
  std::filesystem::path directory;
  /// A recorded plan to run instead of the one that the scenario and its seed make.
  std::optional<std::filesystem::path> plan;
  /// How to run this again, for the result.
  std::string repeat;
  transport::Kind transport = transport::Kind::automatic;  // of the proxies
  /// The first step that fails ends the run: it has failed, and nothing that comes later is judged.
  bool stop_at_first_failure = false;
  /// Whether `latest` beside the directory is to be this run: not of one of the many that a search makes.
  bool latest = true;
};

/// What happens, for whoever shows it. Calls come from several threads.
class Observer : public TimelineObserver {
 public:
  virtual void environment_started(const result::StartUp& part) = 0;
  virtual void load_began(Instant start, Duration length) = 0;
  /// Several times a second while there is load.
  virtual void load_ticked(const load::Counters& counters) = 0;
  virtual void collecting() = 0;
};

/// Throws EnvironmentError when the environment cannot be had. Nothing when the stop was requested:
/// everything is torn down then, and the journal is whole.
std::optional<result::Result> run(const scenario::Scenario& scenario, const Options& options,
                                  Observer& observer, const Stop& stop);

/// Judges a run again from its directory. Throws EnvironmentError when it is not the directory of a run.
result::Result judge_again(const std::filesystem::path& directory);

}  // namespace faultline::run
