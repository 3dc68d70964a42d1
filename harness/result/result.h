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

/// How fast an error budget burned, by one pair of windows of a burn-rate alert. A rate of 1 spends a month's budget in
/// exactly a month.
struct Burn {
  double threshold = 0;                    // 14.4: the alert fires while both windows are at or above it
  Duration long_window{}, short_window{};  // as they are in production: 1 h, 5 min
  Duration long_in_run{}, short_in_run{};  // as they were in this run
  std::optional<double> peak;              // the highest that both reached at once; absent: could not be told
  std::optional<Duration> fired_at,
      until;             // the first time that it was at the threshold, and the last, since the start
  std::string left_out;  // why it could not be told; empty where it was
};

/// The error budget of one objective over the run: allowed = (1 - target) x events, spent = bad / allowed.
struct Budget {
  std::string slo;      // "availability"
  std::string summary;  // what is counted
  double target = 0;    // 0.999
  std::uint64_t events = 0, bad = 0;
  double allowed = 0;        // events that may be bad
  double spent = 0;          // share of them; 1 is all
  double cost_minutes = 0;   // of a month: an outage of everything that would cost as much
  double month_minutes = 0;  // that the target leaves in a month of 30 days: 43.2
  std::vector<Burn> burns;
};

/// One figure against its target, warning and critical level: for people, and for no verdict.
struct Level {
  std::string what;     // "http_req_duration p(95)"
  std::string where;    // the phase, or "run"
  std::string target;   // "< 200 ms"
  std::string warning;  // "< 500 ms": beyond it, it is critical
  std::string actual;   // "134 ms"
  std::string level;    // target, warning, critical; unknown where there are no samples
};

struct Result {
  std::string scenario;
  std::string title;
  std::string version;  // of Faultline
  std::uint64_t seed = 0;
  std::string file;       // of the scenario, as it was given; empty: not recorded
  std::string repeat;     // the command that runs it again
  std::string directory;  // of the run, as the run was given it
  Verdict verdict = Verdict::held;
  std::vector<Check> checks;
  bool stopped = false;  // a step's failure ended it: what is not among the checks was not judged
  std::vector<std::string>
      notes{};  // what went wrong beside the run, in sentences: a teardown that was not made
  std::vector<PhaseFigures> phases;
  std::optional<Duration> recovery;    // absent: not recovered, or not asked for
  std::optional<double> budget_spent;  // share of the run's allowance; 1 is all of it
  std::vector<Budget> budgets;         // of every objective of the scenario's SLO file
  std::vector<Level> levels;
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
