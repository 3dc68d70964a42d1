// faultline compare: one scenario against two sides, by the same arrivals and faults.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/search_runs.h"
#include "cli/signals.h"
#include "core/units.h"
#include "run/directory.h"
#include "search/compare.h"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;
using search::Compared;
using search::ComparedSide;

// What the command line says of one side.
struct SideOptions {
  std::vector<std::string> settings;  // --a KEY=VALUE
  std::string service;                // --a-service CMD|URL

  bool given() const { return !settings.empty() || !service.empty(); }
};

struct CompareOptions {
  std::vector<std::string> paths;
  ScenarioOptions scenario;
  SideOptions a, b;
  std::string out, json;
  std::string progress = "auto", transport = "auto";
  bool quiet = false, verbose = false;

  ProgressKind progress_kind() const { return progress_kind_of(progress, quiet); }
};

class CompareProgress final : public search::CompareObserver {
 public:
  explicit CompareProgress(SearchProgress& progress) : progress_(progress) {}

  void run_begins(const std::string& name) override { progress_.begin(name); }
  void run_ended(const std::string& name, const search::Ran& ran) override {
    const std::string ended = ran.judged() ? to_text(ran.result.verdict) : "could not be run";
    progress_.line(fmt::format("{} … {}{} ({})", name, ended, ran.why().empty() ? "" : ": " + ran.why(),
                               to_display(ran.took)));
  }

 private:
  SearchProgress& progress_;
};

// Of the scenario's [compare], unless the command line has anything of its own about either side: then of that alone.
struct Sides {
  ComparedSide a, b;
};
std::optional<Sides> sides_of(const scenario::Scenario& scenario, const CompareOptions& options) {
  if (!options.a.given() && !options.b.given()) {
    if (!scenario.compare) {
      fmt::print(stderr,
                 "faultline: {} has no [compare], so say what is different: --a service.env.NAME=0, or --b "
                 "service.env.NAME=1, or --b-service CMD\n",
                 scenario.file.string());
      return std::nullopt;
    }
    return Sides{{scenario.compare->a, {}}, {scenario.compare->b, {}}};
  }
  Diagnostics problems;
  const auto side = [&](const char* name, const SideOptions& given) {
    return ComparedSide{{.name = name, .changes = overrides_of(given.settings, problems)}, given.service};
  };
  Sides sides{side("a", options.a), side("b", options.b)};
  for (const Diagnostic& problem : problems) {
    fmt::print(stderr, "{}\n", to_text(problem));
  }
  return problems.empty() ? std::optional(std::move(sides)) : std::nullopt;
}

// A mistake in what a side changes is found before anything is started.
bool can_be_read(const scenario::Scenario& scenario, const Sides& sides, const ScenarioOptions& options) {
  for (const ComparedSide* side : {&sides.a, &sides.b}) {
    if (!read_scenario(scenario.file, options.with(side->side.changes, side->service))) {
      return false;
    }
  }
  return true;
}

int compare_all(const CompareOptions& options) {
  Stop stop;
  const Signals signals(stop);
  const auto scenarios = read_scenarios(options.paths, options.scenario);
  if (!scenarios) {
    return kUsage;
  }
  std::vector<Sides> sides;
  for (const scenario::Scenario& scenario : *scenarios) {
    auto of_this = sides_of(scenario, options);
    if (!of_this || !can_be_read(scenario, *of_this, options.scenario)) {
      return kUsage;
    }
    sides.push_back(std::move(*of_this));
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  int status = 0;
  for (std::size_t i = 0; i < scenarios->size(); ++i) {
    const scenario::Scenario& scenario = (*scenarios)[i];
    const fs::path directory = options.out.empty()      ? run::default_path("compare-" + scenario.name)
                               : scenarios->size() == 1 ? fs::path(options.out)
                                                        : fs::path(options.out) / scenario.name;
    Compared compared;
    {
      SearchProgress progress(options.progress_kind(), scenario, sides[i].a.side.name);
      CompareProgress observer(progress);
      compared = search::compare(scenario, sides[i].a, sides[i].b,
                                 SearchRuns{scenario, options.scenario, transport_kind(options.transport),
                                            directory, progress, stop},
                                 observer);
    }
    if (compared.interrupted) {
      fmt::print(stderr, "faultline: interrupted; everything that was started has ended\n");
      return 128 + stop.signal();
    }
    compared.directory = directory.string();
    fmt::print("{}", search::to_text(compared, options.verbose));
    std::fflush(stdout);
    status = search::worse_exit_status(status, search::exit_status(compared));
    list.push_back(search::to_json(compared));
  }
  if (!options.json.empty()) {
    write_json(options.json, list);
  }
  return status;
}

void add_side(CLI::App& command, const std::string& letter, SideOptions& side) {
  command
      .add_option("--" + letter, side.settings,
                  fmt::format("What is different in {}, as --set has it", letter))
      ->type_name("KEY=VALUE");
  command
      .add_option("--" + letter + "-service", side.service, fmt::format("The service that {} tests", letter))
      ->type_name("CMD|URL");
}

}  // namespace

void add_compare(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand(
      "compare", "Run a scenario against two sides by the same arrivals and faults: is b better, or worse?");
  command->footer(
      "a is run twice, which shows how much a run differs from itself: nothing within that is claimed.\n"
      "Without --a and --b, by the scenario's own [compare].\n"
      "Examples:\n"
      "  faultline compare suites/hardening/circuit-breaker.toml\n"
      "  faultline compare suites/playbook/redis-down.toml --a service.env.RATE_LIMIT_FALLBACK=0\n"
      "  faultline compare my.toml --a-service 'node old.js' --b-service 'node new.js'\n"
      "Exit status: 0 b is not worse, and each side shows what it must; 1 not so; 4 a run was invalid.");
  auto options = std::make_shared<CompareOptions>();
  command->add_option("scenario", options->paths, "Scenario files, or directories of them")
      ->type_name("FILE|DIR")
      ->required();
  add_side(*command, "a", options->a);
  add_side(*command, "b", options->b);
  options->scenario.add_to(*command);
  add_transport(*command, options->transport);
  command->add_option("--out", options->out, "Where the runs' files go (runs/<utc>-compare-<scenario>)")
      ->type_name("DIR");
  command->add_option("--json", options->json, "Write the comparisons there as well")->type_name("FILE");
  command->add_option("--progress", options->progress, "auto, plain or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  command->add_flag("-q,--quiet", options->quiet, "Only the result");
  command->add_flag("-v,--verbose", options->verbose, "The figures that are the same, too");
  command->callback([options, &status] { status = compare_all(*options); });
}

}  // namespace faultline::cli
