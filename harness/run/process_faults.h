#pragma once
// Faults that happen to processes: made when their rule comes on, undone when it goes off. Both take a while, so they are
// done one after the other on a thread of their own, and nobody waits for them.

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "core/journal.h"
#include "fault/rule.h"
#include "run/environment.h"

namespace faultline::run {

class ProcessFaults {
 public:
  /// What was done is journaled as a decision; what could not be done, as a log.
  ProcessFaults(Environment& environment, Journal::Producer& journal);
  /// Does what is still to be done.
  ~ProcessFaults();
  ProcessFaults(const ProcessFaults&) = delete;
  ProcessFaults& operator=(const ProcessFaults&) = delete;

  /// From any thread.
  void apply(const fault::Rule& rule, bool on);
  /// Waits until everything is done that was asked for.
  void settle();

 private:
  struct Change {
    fault::Rule rule;
    bool on = false;
  };
  void work();
  void make(const Change& change);

  Environment& environment_;
  Journal::Producer& journal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Change> changes_;  // the first is being made
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace faultline::run
