#pragma once
// What became of several scenarios that were to be run: of each its result, or why there is none.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

#include "result/result.h"

namespace faultline::result {

/// A scenario that has no result.
struct Unjudged {
  std::string scenario;
  std::string file;          // as it was given; may be empty
  bool interrupted = false;  // before it began or before its end; otherwise its environment could not be had
  std::string problem;       // why, in a sentence
  std::string remedy;        // what the user can do; may be empty
};

using Outcome = std::variant<Result, Unjudged>;

struct Suite {
  std::string version;            // of Faultline
  std::vector<Outcome> outcomes;  // in the order in which they were given
};

/// Of those that have a result.
std::vector<const Result*> results_of(const Suite& suite);
std::vector<const Unjudged*> unjudged_of(const Suite& suite);

const std::string& scenario_of(const Outcome& outcome);
/// The verdict, or for one that has none: "error", "not run".
std::string to_text(const Outcome& outcome);

/// Failed when one failed, since that was seen; otherwise invalid when one is, or has no result.
Verdict verdict_of(const Suite& suite);
/// 3 when an environment could not be had; otherwise that of the verdict.
int exit_status(const Suite& suite);

/// `schema` is "faultline.results/1": docs/result.md, docs/result.schema.json.
nlohmann::ordered_json to_json(const Suite& suite);

}  // namespace faultline::result
