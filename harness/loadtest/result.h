#pragma once
// What a load test came to.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "loadtest/recorder.h"
#include "loadtest/test.h"
#include "metrics/store.h"
#include "metrics/threshold.h"

namespace faultline::loadtest {

enum class Verdict {
  passed,   // exit status 0
  failed,   // 1: a threshold does not hold
  invalid,  // 4: the generator did not do what the file says, or too few samples to tell
};
std::string_view to_text(Verdict verdict);
int exit_status(Verdict verdict);

struct ThresholdResult {
  metrics::Threshold threshold;
  Verdict verdict = Verdict::passed;
  std::optional<double> value;  // nothing without samples
  double samples = 0;
  bool aborted = false;  // it ended the run
};

enum class Level { target, warning, critical, unknown };
std::string_view to_text(Level level);

struct TargetResult {
  Target target;
  Level level = Level::unknown;
  std::optional<double> value;
};

/// Whether the generator did what it was asked for.
struct Generator {
  std::uint64_t planned = 0, due = 0, started = 0, dropped = 0, late = 0;
  Duration late_most{};
  std::optional<Duration> late_p99;
  std::vector<std::string> problems;  // why the run is invalid; empty: it is not
};

struct Result {
  std::string name, title, summary, url, version, repeat;
  Seed seed = 1;
  std::size_t jobs = 1;
  Duration length{};  // of the phases
  Duration lasted{};  // until the last answer
  std::vector<load::Phase> phases;
  Generator generator;
  std::vector<ThresholdResult> thresholds;
  std::vector<TargetResult> targets;
  metrics::Store metrics;
  std::vector<std::string> notes;  // what went wrong around the load, and is no verdict on it
  bool interrupted = false;        // before its end: the numbers are of what there was

  /// A threshold that failed outweighs what could not be told, but nothing outweighs a generator that did not keep up: then
  /// the run says nothing of the service.
  Verdict verdict() const;
};

/// What a threshold comes to: `lasted` is what a counter's rate is of.
ThresholdResult judge(const metrics::Threshold& threshold, const metrics::Store& store,
                      const std::vector<load::Phase>& phases, Duration lasted);
TargetResult judge(const Target& target, const metrics::Store& store, const std::vector<load::Phase>& phases,
                   Duration lasted);
/// Fills in `problems`.
void judge(Generator& generator, const load::Validity& validity);

/// Schema "faultline.load/1".
nlohmann::ordered_json to_json(const Result& result);
/// One line of the time series.
nlohmann::ordered_json to_json(std::int64_t second, const Second& seen, std::uint64_t due,
                               const load::Counters& counters);

}  // namespace faultline::loadtest
