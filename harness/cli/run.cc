// faultline run: runs scenarios, one after the other, and says what held.

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "core/error.h"
#include "report/terminal.h"
#include "run/directory.h"
#include "run/run.h"

namespace faultline::cli {
namespace {

struct RunOptions {
  std::vector<std::string> paths;
  ScenarioOptions scenario;
  std::string out, plan, json;
  std::string progress = "auto", transport = "auto";
  bool quiet = false, verbose = false, no_color = false;

  ProgressKind progress_kind() const {
    if (progress == "none" || quiet) {
      return ProgressKind::none;
    }
    return progress == "auto" && is_terminal() ? ProgressKind::terminal : ProgressKind::plain;
  }
};

// Of several verdicts, the one that the whole is worth: a failure outweighs what could not be judged, since
// it was seen.
int worse(int a, int b) {
  const auto rank = [](int status) { return status == 1 ? 2 : status == 4 ? 1 : 0; };
  return rank(a) >= rank(b) ? a : b;
}

void write_json(const std::string& path, const std::vector<result::Result>& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const result::Result& result : results) {
    list.push_back(result::to_json(result));
  }
  std::ofstream file(path);
  file << list.dump(2) << '\n';
  file.close();
  if (!file) {
    throw EnvironmentError(fmt::format("cannot write {}", path), "name another file with --json");
  }
}

int run_all(const RunOptions& options) {
  Stop stop;
  const Signals signals(stop);

  // Everything that can be wrong in a file is said before anything is started.
  std::vector<scenario::Scenario> scenarios;
  bool readable = true;
  for (const auto& file : scenario_files(options.paths)) {
    auto scenario = read_scenario(file, options.scenario);
    readable = readable && scenario;
    if (scenario) {
      scenarios.push_back(std::move(*scenario));
    }
  }
  if (!readable) {
    return kUsage;
  }

  const report::Style style{.colour = wants_colour(options.no_color), .verbose = options.verbose};
  std::vector<result::Result> results;
  int status = 0;
  for (const scenario::Scenario& scenario : scenarios) {
    run::Options run_options;
    run_options.directory = options.out.empty()     ? run::default_path(scenario.name)
                            : scenarios.size() == 1 ? std::filesystem::path(options.out)
                                                    : std::filesystem::path(options.out) / scenario.name;
    run_options.transport = transport_kind(options.transport);
    if (!options.plan.empty()) {
      run_options.plan = options.plan;
    }
    run_options.repeat = fmt::format("faultline run {}{} --seed {}", scenario.file.string(),
                                     options.scenario.to_words(), scenario.seed);
    if (options.scenario.seed) {
      run_options.repeat =
          fmt::format("faultline run {}{}", scenario.file.string(), options.scenario.to_words());
    }
    std::optional<result::Result> result;
    {
      Progress progress(options.progress_kind(), scenario);
      result = run::run(scenario, run_options, progress, stop);
    }
    if (!result) {
      fmt::print(stderr, "faultline: interrupted; everything that was started has ended\n");
      return 128 + stop.signal();
    }
    fmt::print("{}", report::to_terminal(*result, style));
    std::fflush(stdout);
    status = worse(status, result::exit_status(result->verdict));
    results.push_back(std::move(*result));
  }
  fmt::print("{}", report::summary_table(results, style));
  if (!options.json.empty()) {
    write_json(options.json, results);
  }
  return status;
}

}  // namespace

void add_run(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("run", "Run scenarios; a directory is a suite");
  command->footer(
      "Examples:\n"
      "  faultline run suites/playbook\n"
      "  faultline run suites/playbook/redis-down.toml --seed 7\n"
      "  faultline run my.toml --service 'node server.js'");
  auto options = std::make_shared<RunOptions>();
  command->add_option("scenario", options->paths, "Scenario files, or directories of them")
      ->type_name("FILE|DIR")
      ->required();
  options->scenario.add_to(*command);
  add_transport(*command, options->transport);
  command->add_option("--out", options->out, "Where the run's files go (runs/<utc>-<scenario>)")
      ->type_name("DIR");
  command->add_option("--plan", options->plan, "Run this recorded plan.ndjson instead of making one")
      ->type_name("FILE");
  command->add_option("--json", options->json, "Write the results there as well")->type_name("FILE");
  command->add_option("--progress", options->progress, "auto, plain or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  command->add_flag("-q,--quiet", options->quiet, "Only the result");
  command->add_flag("-v,--verbose", options->verbose, "What was seen for every check, held or not");
  command->add_flag("--no-color", options->no_color, "No colours");
  command->callback([options, &status] { status = run_all(*options); });
}

}  // namespace faultline::cli
