#pragma once
// Runs a load test: one thread or several, each with its share of the arrivals and of the users, its own connections and
// its own metrics, which are added up.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "http/message.h"
#include "load/driver.h"
#include "load/secrets.h"
#include "loadtest/output.h"
#include "loadtest/result.h"
#include "loadtest/test.h"
#include "loop/stop.h"

namespace faultline::loadtest {

struct Options {
  http::Url service;
  std::size_t jobs = 1;
  load::Secrets secrets;
  std::string repeat;  // the command that runs it again
};

/// Whoever watches. Calls come from the thread that runs the test.
class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  virtual ~Watcher() = default;

  virtual void phase_began(const load::Phase& phase, Duration at) = 0;
  /// Four times a second. `last` is of the last whole second, once there is one; so many arrivals were `due` in it.
  virtual void ticked(Duration since_start, const load::Counters& counters, const std::optional<Second>& last,
                      std::uint64_t due) = 0;
  virtual void aborted(const ThresholdResult& threshold) = 0;
};

/// `output` may be null. When the stop is requested what is in flight is let go, and the result is of what there was.
/// Throws EnvironmentError when something that the run needs cannot be had.
Result run(const LoadTest& test, const Options& options, Watcher& watcher, const Stop& stop, Output* output);

}  // namespace faultline::loadtest
