#include "run/phase_clock.h"

#include <algorithm>

namespace faultline::run {

PhaseClock::PhaseClock(const scenario::Scenario& scenario, Instant start)
    : scenario_(scenario), start_(start) {
  bool known = true;
  for (const scenario::Phase& phase : scenario.phases) {
    known = known && !phase.drain;
    begins_.push_back(known ? start + phase.begin : Instant::max());
  }
}

Instant PhaseClock::at(Duration planned) const {
  const std::lock_guard lock(mutex_);
  return start_ + planned + later_;
}

void PhaseClock::waited(std::size_t phase, Duration pause) {
  const std::lock_guard lock(mutex_);
  later_ += pause;
  for (std::size_t i = phase; i < begins_.size() && (i == phase || !scenario_.phases[i].drain); ++i) {
    begins_[i] = start_ + scenario_.phases[i].begin + later_;
  }
}

const std::string& PhaseClock::phase_at(Instant due) const {
  const std::lock_guard lock(mutex_);
  const auto after = std::upper_bound(begins_.begin() + 1, begins_.end(), due);
  return scenario_.phases[static_cast<std::size_t>(after - begins_.begin()) - 1].name;
}

}  // namespace faultline::run
