#pragma once
// What a run found, as one list of one shape. Reports know nothing else of a run.

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace faultline::result {

enum class Verdict {
  held,
  failed,
  invalid,  // the run did not test what it says, so nothing can be said of the service
};

/// One thing that was judged.
struct Check {
  std::string kind;    // expectation, recovery, budget, invariant, symptom, diagnosis, mitigation, validity
  std::string what;    // "http_req_failed rate < 1%"
  std::string where;   // the phase, or "run"
  std::string target;  // "< 1%"
  std::string actual;  // "3.42%"
  std::string margin;  // by how much it held or failed: "2.42 points over"; empty where there is no measure
  Verdict verdict = Verdict::held;
  std::string detail;  // what was seen, in a sentence; may be empty
};

/// One phase in numbers, from the requests that were due in it.
struct PhaseFigures {
  std::string name;
  double length = 0;  // seconds
  std::uint64_t arrivals = 0;
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  std::optional<Duration> p50, p95, p99;  // of requests that were answered; absent where there are none
  std::map<std::string, double> calls_per_arrival;  // of each dependency, while the phase lasted
  double error_rate() const {
    return requests == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(requests);
  }
};

/// How the causes of the messages were known that rules could have acted on.
struct KnownCauses {
  std::uint64_t header = 0, value = 0, exclusion = 0, background = 0;
  std::uint64_t all() const { return header + value + exclusion + background; }
};

/// How long a part of the environment took to be ready.
struct StartUp {
  std::string what;
  Duration began{};  // since the environment was asked for
  Duration took{};
};

struct Result {
  std::string scenario;
  std::string title;
  std::string version;  // of Faultline
  std::uint64_t seed = 0;
  std::string repeat;     // the command that runs it again
  std::string directory;  // of the run
  Verdict verdict = Verdict::held;
  std::vector<Check> checks;
  bool stopped = false;  // a step's failure ended it: what is not among the checks was not judged
  std::vector<PhaseFigures> phases;
  std::optional<Duration> recovery;    // absent: not recovered, or not asked for
  std::optional<double> budget_spent;  // share of the run's allowance; 1 is all of it
  KnownCauses causes;
  std::vector<StartUp> start_up;
  Duration ready_after{};  // environment asked for -> everything ready
};

/// held 0, failed 1, invalid 4.
int exit_status(Verdict verdict);
std::string to_text(Verdict verdict);

/// The worst of them, an invalid run being worse than a failed one: what did not test cannot fail either.
Verdict overall(const std::vector<Check>& checks);

/// `schema` is "faultline.result/1"; every field that a reader may meet is described in docs/result.md.
nlohmann::ordered_json to_json(const Result& result);
/// Throws EnvironmentError when it is of another schema, or not whole.
Result from_json(const nlohmann::ordered_json& json);

}  // namespace faultline::result
