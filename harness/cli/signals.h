#pragma once
// Turns SIGINT, SIGTERM and SIGHUP into a stop that was requested.

#include <thread>

#include "loop/stop.h"

namespace faultline::cli {

class Signals {
 public:
  /// Call it before any other thread is started: the signals are blocked in this thread and those it makes,
  /// and taken by one of our own. The first requests the stop; a second ends the program at once (the
  /// guardian then ends what was started).
  explicit Signals(Stop& stop);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  std::thread thread_;
};

}  // namespace faultline::cli
