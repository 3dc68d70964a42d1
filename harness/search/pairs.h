#pragma once
// Two runs of the same plan, arrival by arrival: arrival k of one is arrival k of the other. What changed is claimed only
// when the pairs show it (significance.h, p < 0.001), when it is outside of the spread that a run has against itself, and
// when it is large enough to matter.
//
// The journeys of users are no pairs: how many there are, and when, is another matter in each run. Where a run has any, each
// is a sample of its own, and the same is claimed by tests of two samples: of fewer, since a pair tells more.

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "search/runs.h"

namespace faultline::search {

/// What a run's journal says of each arrival. Of those that were started; a request is of the arrival whose it is.
struct Sample {
  struct Arrival {
    std::string phase;
    bool failed = false;            // a request of its had no answer, or one that its flow does not expect
    std::optional<bool> completed;  // of the reconciliation that it asked for, if one was accepted
  };
  using Key = std::tuple<std::uint64_t, std::string, std::uint64_t>;  // arrival, route, attempt
  struct Request {
    std::string phase;   // in which it was due
    double latency = 0;  // seconds
  };
  std::map<std::uint64_t, Arrival> arrivals;
  std::map<Key, Request> answered;
};
Sample read_sample(const JournalRecords& journal);

enum class Change { better, same, worse };
std::string to_text(Change change);

/// One figure of one phase, on both sides.
struct Row {
  enum class Of { arrivals_failed, runs_completed, median, p95, recovery };

  Of of{};
  std::string phase;                       // "run" for the recovery
  double a = 0, b = 0;                     // shares of 1, or seconds
  double again = 0;                        // a's, in a second run of the same
  double spread = 0;                       // a difference up to this says nothing
  std::uint64_t pairs = 0;                 // that both have
  std::uint64_t a_worse = 0, b_worse = 0;  // pairs that differ, by which side did worse
  /// Without pairs: what each side's number is of.
  std::uint64_t samples_a = 0, samples_b = 0;
  Change change = Change::same;
  bool accepted = false;  // worse, and known to be
};
/// "arrivals failed in incident".
std::string name_of(const Row& row);
std::string to_text(Row::Of of);

/// `again` is a second run of a. A row is left out where one of the three has nothing to say in it.
std::vector<Row> compare_pairs(const Sample& a, const Sample& again, const Sample& b,
                               const std::vector<std::string>& phases);
/// Recovery times, in seconds.
Row compare_recovery(double a, double again, double b);

}  // namespace faultline::search
