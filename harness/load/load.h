#pragma once
// How much load: the [[load]] of a scenario. Either an open load: its arrivals come at their times, whether or not the
// service keeps up. Or each journey of a flow once, one after the other, so that nothing but one journey is ever under
// way: for traces, where whose a message is must be beyond doubt.
//
//   [[load]]
//   flow = "settler-mixed"     # suites/flows/settler-mixed.toml, or a path that ends in .toml
//   rate = "20/s"              # journeys started, not requests
//
//   [[load]]
//   flow = "settler-journey"
//   once = true

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/table.h"
#include "core/units.h"
#include "load/flow.h"

namespace faultline::load {

struct Load {
  Flow flow;
  Rate rate;          // constant; the i-th arrival (from 0) is due i/rate after the start
  bool once = false;  // then there is no rate
};

/// The file of the flow of that name, if there is one.
using ResolveFlow = std::function<std::optional<std::filesystem::path>(const std::string& name)>;

/// Reads one table of [[load]] and the flow it names. Nothing when something is wrong: then it is in
/// `problems`, which is the list that the table reports to.
std::optional<Load> read_load(Table& table, const ResolveFlow& resolve, Diagnostics& problems);

}  // namespace faultline::load
