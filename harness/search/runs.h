#pragma once
// The runs that a search is made of: an audit, a comparison. How a run is made is the caller's, so that everything here is
// tested without one.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/table.h"
#include "core/time.h"
#include "result/result.h"

namespace faultline::search {

using JournalRecords = std::vector<nlohmann::ordered_json>;

/// A run that a search asks for.
struct Ask {
  std::string name;  // of its directory: "baseline", "1-without-fault-redis-refuses"
  std::vector<Override> overrides;
  std::string service;  // a command or a URL in place of the scenario's; empty: that
  bool to_first_failure = false;
  bool wants_journal = false;
};

struct Ran {
  enum class End {
    judged,
    interrupted,
    refused,      // the scenario cannot be read with these overrides
    environment,  // it could not be had
  };
  End end{};
  result::Result result;   // when it was judged
  JournalRecords journal;  // when it was wanted
  std::string problem;     // when it was refused, or had no environment
  std::string repeat;      // the command that makes this run again
  Duration took{};

  bool judged() const { return end == End::judged; }
  /// Why it did not hold: the first check that did not, or the problem; empty where it held.
  std::string why() const;
};

/// Makes a run, and returns when it has ended.
using Runner = std::function<Ran(const Ask&)>;

/// The exit status that a run is worth by itself; 0 of one that was interrupted, whose signal the caller knows.
int exit_status(const Ran& ran);
/// Of several, the one that the whole is worth.
int worse_exit_status(int a, int b);

/// Which check of another run of the scenario is the same one.
bool is_same(const result::Check& a, const result::Check& b);
/// The same one in another run; null where it was not judged there.
const result::Check* find_same(const std::vector<result::Check>& checks, const result::Check& like);

/// kind, what, where, target.
nlohmann::ordered_json identity_of(const result::Check& check);
/// How it ended and what did not hold; docs/audit.md describes it.
nlohmann::ordered_json to_json(const Ran& ran);

}  // namespace faultline::search
