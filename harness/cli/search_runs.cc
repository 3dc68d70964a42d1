#include "cli/search_runs.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/outputs.h"
#include "core/error.h"
#include "core/journal.h"
#include "loop/loop.h"
#include "run/run.h"

namespace faultline::cli {

using search::Ran;

Ran SearchRuns::operator()(const search::Ask& ask) const {
  ScenarioOptions of_run = options.with(ask.overrides, ask.service);
  of_run.seed = scenario.seed;
  Ran ran;
  ran.repeat = fmt::format("faultline run {}{}", scenario.file.string(), of_run.to_words());
  Diagnostics problems;
  const auto changed = read_scenario(scenario.file, of_run, problems);
  if (!changed) {
    ran.end = Ran::End::refused;
    ran.problem = to_text(problems.front());
    return ran;
  }
  const Instant began = monotonic_now();
  try {
    make(*changed, ask, ran);
  } catch (const EnvironmentError& error) {
    ran.end = Ran::End::environment;
    ran.problem = error.remedy.empty() ? error.what() : fmt::format("{}: {}", error.what(), error.remedy);
  }
  ran.took = monotonic_now() - began;
  return ran;
}

void SearchRuns::make(const scenario::Scenario& changed, const search::Ask& ask, Ran& ran) const {
  run::Options run_options;
  run_options.directory = directory / ask.name;
  run_options.transport = transport;
  run_options.repeat = ran.repeat;
  run_options.latest = false;
  run_options.stop_at_first_failure = ask.to_first_failure;
  SearchedRun observer(progress);
  auto result = run::run(changed, run_options, observer, stop);
  if (!result) {
    ran.end = Ran::End::interrupted;
    return;
  }
  leave_reports(*result, run_options.directory);
  ran.end = Ran::End::judged;
  ran.result = std::move(*result);
  if (ask.wants_journal) {
    ran.journal = read_journal(run_options.directory / "journal.ndjson").records;
  }
}

}  // namespace faultline::cli
