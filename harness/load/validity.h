#pragma once
// When a run says nothing about the service: its generator could not keep the schedule.
//
//   [validity]
//   late             = "100ms"   # an arrival that starts later than this after it was due is late
//   late_at_most     = "1%"      # of the arrivals
//   started_at_least = "99%"     # of those that were due

#include "core/table.h"
#include "core/time.h"
#include "core/units.h"

namespace faultline::load {

struct Validity {
  Duration late = std::chrono::milliseconds(100);
  Ratio late_at_most{0.01};
  Ratio started_at_least{0.99};
};

/// Reads the table `validity` of a file; absent: the defaults.
Validity read_validity(Table& file);

}  // namespace faultline::load
