#pragma once
// How much load: the [[load]] of a scenario or of a load test. There are three kinds.
//
// Open: arrivals come at their times, whether or not the service keeps up.
//
//   [[load]]
//   flow     = "settler-mixed"                  # suites/flows/settler-mixed.toml, or a path that ends in .toml
//   rate     = "20/s"                           # journeys started, not requests
//   arrivals = "poisson"                        # as independent users come; default "even": equally spaced
//
//   rate = { warm-up = "5/s", rise = ["5/s", "100/s"], peak = "100/s" }    # by phase; a pair is a ramp
//
// Closed: so many users, each of whom begins a journey when the one before has ended, so that a slow service has less
// to do. A user who is taken away ends the journey under way.
//
//   [[load]]
//   flow  = "settler-mixed"
//   users = { rise = [0, 50], peak = 50 }       # or a number, for all phases
//
// Once: each journey of a flow, one after the other, so that nothing but one journey is ever under way: for traces,
// where whose a message is must be beyond doubt.
//
//   [[load]]
//   flow = "settler-journey"
//   once = true

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/table.h"
#include "load/course.h"
#include "load/flow.h"

namespace faultline::load {

struct Load {
  enum class Model { open, closed, once };

  Flow flow;
  Model model = Model::open;
  Course course{};  // open: arrivals a second; closed: users
  bool poisson =
      false;  // open: the gaps are exponential, otherwise the i-th comes when the course's area is i
};

/// The file of the flow of that name, if there is one.
using ResolveFlow = std::function<std::optional<std::filesystem::path>(const std::string& name)>;

/// Reads one table of [[load]] and the flow it names. Nothing when something is wrong: then it is in
/// `problems`, which is the list that the table reports to.
std::optional<Load> read_load(Table& table, const ResolveFlow& resolve, const std::vector<Phase>& phases,
                              Diagnostics& problems);

/// The arrivals that are due in the phase with this index, on average; where users are there nobody knows.
std::optional<double> expected_arrivals(const Load& load, const std::vector<Phase>& phases,
                                        std::size_t phase);

}  // namespace faultline::load
