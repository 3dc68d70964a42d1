#pragma once
// When things of a scenario come in a run: as planned, and later by what boundaries have waited for.

#include <cstddef>
#include <mutex>
#include <string>

#include "scenario/scenario.h"

namespace faultline::run {

/// From any thread.
class PhaseClock {
 public:
  PhaseClock(const scenario::Scenario& scenario, Instant start);

  Instant start() const { return start_; }
  /// Of a time since the start that is planned, as far as it is known now.
  Instant at(Duration planned) const;
  /// The boundary before this phase has waited: it begins so much later than it was known to.
  void waited(std::size_t phase, Duration pause);
  /// The phase in which a request was due. One that is due while a boundary waits belongs to the phase before it; one that
  /// is due after the last phase is its echo, and belongs to it.
  const std::string& phase_at(Instant due) const;

 private:
  const scenario::Scenario& scenario_;
  const Instant start_;
  mutable std::mutex mutex_;
  Duration later_{};
  std::vector<Instant> begins_;  // of each phase; of one whose boundary may still wait, the end of time
};

}  // namespace faultline::run
