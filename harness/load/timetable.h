#pragma once
// The times of all arrivals of a run. Internal to this folder: a pure function of the loads, the phases and the seed.

#include <cstdint>
#include <vector>

#include "load/arrival.h"
#include "load/load.h"

namespace faultline::load {

struct Due {
  Duration at{};
  std::uint32_t load = 0, phase = 0;  // their indices
  std::uint32_t journey = kDrawn;     // of a load that comes once: its index
  static constexpr std::uint32_t kDrawn = UINT32_MAX;
};

/// In the order in which they are due; those due at once in the order of their loads. Those of loads that come once are
/// due at the start, each after the one before it. An even load has its i-th arrival (from 0) when the area under its
/// course is i; a Poisson load when it is the sum of i + 1 exponential gaps with a mean of 1, drawn from
/// (seed, "gap", load, i).
std::vector<Due> timetable(const std::vector<Load>& loads, const std::vector<Phase>& phases, Seed seed);

/// The arrival whose place in the timetable (from 0) this is.
Arrival arrival_at(std::size_t place, const Due& due, const std::vector<Load>& loads,
                   const std::vector<Phase>& phases, Seed seed);

}  // namespace faultline::load
