// faultline run: runs scenarios, one after the other or several side by side, and says what held.

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "cli/command.h"
#include "cli/outputs.h"
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
  std::string out, plan;
  Outputs outputs;
  std::string progress = "auto", transport = "auto";
  std::size_t jobs = 1;
  bool quiet = false, verbose = false, no_color = false;

  report::Style style() const { return {.colour = wants_colour(no_color), .verbose = verbose}; }
  /// Whether a person reads standard output.
  bool talks() const { return !outputs.take_standard_output(); }
  ProgressKind progress_kind() const { return progress_kind_of(progress, quiet || !talks()); }
};

// Of several scenarios at once nothing is shown but that each has begun: they would talk through each other.
class Unwatched final : public run::Observer {
 public:
  void environment_started(const result::StartUp& /*part*/) override {}
  void load_began(Instant /*start*/, Duration /*length*/) override {}
  void load_ticked(const load::Counters& /*counters*/) override {}
  void phase_began(const scenario::Phase& /*phase*/) override {}
  void step_ended(const scenario::Step& /*step*/, bool /*at_rest*/, bool /*good*/,
                  const std::string& /*text*/) override {}
  void collecting() override {}
};

// Scenarios, run in their order and so many of them at a time.
class Runs {
 public:
  Runs(const RunOptions& options, const std::vector<scenario::Scenario>& scenarios)
      : options_(options), scenarios_(scenarios), outcomes_(scenarios.size()) {}

  /// Returns when all have ended, or soon after the stop was requested.
  void run(const Stop& stop) {
    const std::size_t workers = std::min(std::max<std::size_t>(options_.jobs, 1), scenarios_.size());
    std::vector<std::jthread> threads;
    threads.reserve(workers);
    for (std::size_t i = 0; i < workers; ++i) {
      threads.emplace_back([this, &stop] { work(stop); });
    }
  }

  /// Of every scenario, in their order.
  result::Suite suite() const {
    result::Suite suite{FAULTLINE_VERSION, {}};
    for (std::size_t i = 0; i < scenarios_.size(); ++i) {
      suite.outcomes.push_back(outcomes_[i].value_or(
          interrupted(scenarios_[i], "did not run: it was interrupted before its turn had come")));
    }
    return suite;
  }

 private:
  static result::Outcome interrupted(const scenario::Scenario& scenario, const char* what) {
    return result::Unjudged{scenario.name, scenario.file.string(), true, what, ""};
  }

  void work(const Stop& stop) {
    while (!stop.requested()) {
      std::size_t next = 0;
      {
        const std::lock_guard lock(mutex_);
        if (next_ == scenarios_.size()) {
          return;
        }
        next = next_++;
        if (options_.jobs > 1 && options_.progress_kind() != ProgressKind::none) {
          fmt::print("{} of {}: {}\n", next_, scenarios_.size(), scenarios_[next].title);
          std::fflush(stdout);
        }
      }
      result::Outcome outcome = outcome_of(scenarios_[next], stop);
      const std::lock_guard lock(mutex_);
      show(outcome);
      outcomes_[next] = std::move(outcome);
    }
  }

  // An environment that cannot be had costs this scenario its result, and no other.
  result::Outcome outcome_of(const scenario::Scenario& scenario, const Stop& stop) const {
    const std::string file = scenario.file.string();
    try {
      auto result = run_one(scenario, stop);
      return result ? result::Outcome(std::move(*result))
                    : interrupted(scenario, "was interrupted before its end");
    } catch (const EnvironmentError& error) {
      return result::Unjudged{scenario.name, file, false, error.what(), error.remedy};
    } catch (const std::exception& error) {
      return result::Unjudged{scenario.name, file, false, fmt::format("failed: {}", error.what()), ""};
    }
  }

  void show(const result::Outcome& outcome) const {
    if (const auto* result = std::get_if<result::Result>(&outcome)) {
      if (options_.talks()) {
        fmt::print("{}", report::to_terminal(*result, options_.style()));
        std::fflush(stdout);
      }
      return;
    }
    const auto& unjudged = std::get<result::Unjudged>(outcome);
    if (!unjudged.interrupted) {
      const std::string which = scenarios_.size() == 1 ? "" : fmt::format("{}: ", unjudged.scenario);
      fmt::print(stderr, "faultline: {}{}\n", which, unjudged.problem);
      if (!unjudged.remedy.empty()) {
        fmt::print(stderr, "  {}\n", unjudged.remedy);
      }
    }
  }

  std::optional<result::Result> run_one(const scenario::Scenario& scenario, const Stop& stop) const {
    run::Options run_options;
    run_options.directory = options_.out.empty()     ? run::default_path(scenario.name)
                            : scenarios_.size() == 1 ? std::filesystem::path(options_.out)
                                                     : std::filesystem::path(options_.out) / scenario.name;
    run_options.transport = transport_kind(options_.transport);
    if (!options_.plan.empty()) {
      run_options.plan = options_.plan;
    }
    run_options.repeat = fmt::format("faultline run {}{} --seed {}", scenario.file.string(),
                                     options_.scenario.to_words(), scenario.seed);
    if (options_.scenario.seed) {
      run_options.repeat =
          fmt::format("faultline run {}{}", scenario.file.string(), options_.scenario.to_words());
    }
    auto result = watched(scenario, run_options, stop);
    if (result) {
      leave_reports(*result, run_options.directory);
    }
    return result;
  }

  std::optional<result::Result> watched(const scenario::Scenario& scenario, const run::Options& run_options,
                                        const Stop& stop) const {
    if (options_.jobs > 1) {
      Unwatched unwatched;
      return run::run(scenario, run_options, unwatched, stop);
    }
    Progress progress(options_.progress_kind(), scenario);
    return run::run(scenario, run_options, progress, stop);
  }

  const RunOptions& options_;
  const std::vector<scenario::Scenario>& scenarios_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::vector<std::optional<result::Outcome>> outcomes_;
};

// Says that it was, and which scenarios have no result of it.
void print_interruption(const result::Suite& suite) {
  fmt::print(stderr, "faultline: interrupted; everything that was started has ended\n");
  if (suite.outcomes.size() == 1) {
    return;
  }
  for (const result::Unjudged* one : result::unjudged_of(suite)) {
    if (one->interrupted) {
      fmt::print(stderr, "  {} {}\n", one->scenario, one->problem);
    }
  }
}

int run_all(const RunOptions& options) {
  options.outputs.check();
  Stop stop;
  const Signals signals(stop);
  const auto scenarios = read_scenarios(options.paths, options.scenario);
  if (!scenarios) {
    return kUsage;
  }

  Runs runs(options, *scenarios);
  runs.run(stop);
  const result::Suite suite = runs.suite();
  if (options.talks() && !result::results_of(suite).empty()) {
    fmt::print("{}", report::summary_table(suite, options.style()));
    std::fflush(stdout);
  }
  if (stop.requested()) {
    print_interruption(suite);
  }
  options.outputs.write(suite);
  return stop.requested() ? 128 + stop.signal() : result::exit_status(suite);
}

}  // namespace

void add_run(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("run", "Run scenarios; a directory is a suite");
  command->footer(
      "Examples:\n"
      "  faultline run suites/playbook\n"
      "  faultline run suites/playbook/redis-down.toml --seed 7\n"
      "  faultline run my.toml --service 'node server.js'\n"
      "  faultline run suites/playbook --junit junit.xml --html report.html");
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
  command->add_option("--jobs", options->jobs, "So many scenarios side by side (1)")
      ->check(CLI::Range(1, 64));
  options->outputs.add_to(*command);
  command->add_option("--progress", options->progress, "auto, plain or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  command->add_flag("-q,--quiet", options->quiet, "Only the result");
  command->add_flag("-v,--verbose", options->verbose, "What was seen for every check, held or not");
  command->add_flag("--no-color", options->no_color, "No colours");
  command->callback([options, &status] { status = run_all(*options); });
}

}  // namespace faultline::cli
