// faultline run: runs scenarios, one after the other or several side by side, and says what held.

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

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
  std::size_t jobs = 1;
  bool quiet = false, verbose = false, no_color = false;

  report::Style style() const { return {.colour = wants_colour(no_color), .verbose = verbose}; }
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

// A suite of scenarios, run in their order and so many of them at a time.
class Suite {
 public:
  Suite(const RunOptions& options, const std::vector<scenario::Scenario>& scenarios)
      : options_(options), scenarios_(scenarios), results_(scenarios.size()) {}

  /// Returns when all have ended, or soon after the stop was requested. Throws what the first run threw.
  void run(const Stop& stop) {
    const std::size_t workers = std::min(std::max<std::size_t>(options_.jobs, 1), scenarios_.size());
    std::vector<std::jthread> threads;
    threads.reserve(workers);
    for (std::size_t i = 0; i < workers; ++i) {
      threads.emplace_back([this, &stop] { work(stop); });
    }
    threads.clear();
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

  /// In the order of the scenarios; all of them, when nothing was interrupted.
  std::vector<result::Result> results() const {
    std::vector<result::Result> all;
    for (const auto& result : results_) {
      if (result) {
        all.push_back(*result);
      }
    }
    return all;
  }

 private:
  void work(const Stop& stop) {
    while (!stop.requested()) {
      std::size_t next = 0;
      {
        const std::lock_guard lock(mutex_);
        if (failure_ || next_ == scenarios_.size()) {
          return;
        }
        next = next_++;
        if (options_.jobs > 1 && options_.progress_kind() != ProgressKind::none) {
          fmt::print("{} of {}: {}\n", next_, scenarios_.size(), scenarios_[next].title);
          std::fflush(stdout);
        }
      }
      try {
        auto result = run_one(scenarios_[next], stop);
        const std::lock_guard lock(mutex_);
        if (result) {
          fmt::print("{}", report::to_terminal(*result, options_.style()));
          std::fflush(stdout);
        }
        results_[next] = std::move(result);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failure_) {
          failure_ = std::current_exception();
        }
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
  std::vector<std::optional<result::Result>> results_;
  std::exception_ptr failure_;
};

int run_all(const RunOptions& options) {
  Stop stop;
  const Signals signals(stop);
  const auto scenarios = read_scenarios(options.paths, options.scenario);
  if (!scenarios) {
    return kUsage;
  }

  Suite suite(options, *scenarios);
  suite.run(stop);
  if (stop.requested()) {
    fmt::print(stderr, "faultline: interrupted; everything that was started has ended\n");
    return 128 + stop.signal();
  }
  const std::vector<result::Result> results = suite.results();
  int status = 0;
  for (const result::Result& result : results) {
    status = worse(status, result::exit_status(result.verdict));
  }
  fmt::print("{}", report::summary_table(results, options.style()));
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
  command->add_option("--jobs", options->jobs, "So many scenarios side by side (1)")
      ->check(CLI::Range(1, 64));
  command->add_option("--json", options->json, "Write the results there as well")->type_name("FILE");
  command->add_option("--progress", options->progress, "auto, plain or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  command->add_flag("-q,--quiet", options->quiet, "Only the result");
  command->add_flag("-v,--verbose", options->verbose, "What was seen for every check, held or not");
  command->add_flag("--no-color", options->no_color, "No colours");
  command->callback([options, &status] { status = run_all(*options); });
}

}  // namespace faultline::cli
