#pragma once
// Objectives in TOML:
//
//   [[slo]]
//   name    = "latency"
//   summary = "Requests that are answered within 200 ms"   # may be left out
//   target  = "95%"
//   good    = { of = "requests", within = "200ms" }        # the default: { of = "requests" }
//
//   of = "requests"   those that get the answer that their caller expects; with `within` those that are answered so soon,
//                     with `status_below` those that are answered with a lower status
//   of = "runs"       those that complete
//   of = "webhooks"   those that are delivered; with `within` so soon after the first attempt

#include <vector>

#include "core/table.h"
#include "slo/objective.h"

namespace faultline::slo {

/// The file's [[slo]]; whatever else is in it is the caller's. No two have the same name.
std::vector<Objective> read_toml(Table& file);

}  // namespace faultline::slo
