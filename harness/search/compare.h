#pragma once
// Two sides of one scenario, by the same arrivals and the same faults: is b better than a, the same, or worse?
//
// a is run twice, which shows by how much a run differs from itself, and then b. What differs between a and b by no more
// than that is not claimed (pairs.h). Beside the figures stand the checks: one that held both times in a and not in b is
// worse, whatever the figures say. How a run is made is the caller's: all else here is pure.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "result/result.h"
#include "scenario/pair.h"
#include "scenario/scenario.h"
#include "search/pairs.h"
#include "search/runs.h"

namespace faultline::search {

/// A side as it was asked for; its service, if it has one of its own, is not in the scenario's file.
struct ComparedSide {
  scenario::Side side;
  std::string service;
};

/// Fault points that one run had and the other had not. Background has no cause by which it could be compared, and a journey
/// of a user that only one run came to begin is none of both.
struct OnlyIn {
  std::uint64_t count = 0;
  std::string first;  // "17  postgres  COMMIT #1"
};

struct Compared {
  std::string scenario, title;
  Seed seed = 1;
  std::string directory;  // of its runs
  ComparedSide a, b;
  Ran of_a, of_a_again, of_b;  // as far as they were made
  bool interrupted = false;

  // Once all three were judged.
  std::vector<Row> rows;
  std::vector<result::Check> only_a_held,
      only_b_held;                      // both times in a; as they were where they did not hold
  std::vector<result::Check> unsteady;  // held in one run of a and not in the other: nothing is claimed
  OnlyIn points_only_a, points_only_b, points_only_again;
  std::vector<std::string> not_shown;  // what a side had to show and did not, in sentences

  bool all_judged() const { return of_a.judged() && of_a_again.judged() && of_b.judged(); }
  /// Of b against a: worse when anything is.
  Change change() const;
};

/// What happens, for whoever shows it. Called in the comparison's thread.
class CompareObserver {
 public:
  CompareObserver() = default;
  CompareObserver(const CompareObserver&) = delete;
  CompareObserver& operator=(const CompareObserver&) = delete;
  virtual ~CompareObserver() = default;
  virtual void run_begins(const std::string& name) = 0;
  virtual void run_ended(const std::string& name, const Ran& ran) = 0;
};

/// Ends early when a run was interrupted, or could not be made.
Compared compare(const scenario::Scenario& scenario, const ComparedSide& a, const ComparedSide& b,
                 const Runner& run, CompareObserver& observer);

/// 0: b is not worse, and each side showed what it must. 1: not so. 2, 3: a run could not be read or had no environment.
/// 4: one was invalid, so nothing can be said.
int exit_status(const Compared& compared);

/// For a terminal of 80 columns. `verbose`: the figures that are the same, too.
std::string to_text(const Compared& compared, bool verbose);
/// `schema` is "faultline.compare/1"; docs/compare.md describes it.
nlohmann::ordered_json to_json(const Compared& compared);

}  // namespace faultline::search
