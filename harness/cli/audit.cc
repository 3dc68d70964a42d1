// faultline audit: proves that every expectation of a scenario can fail.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/audit_progress.h"
#include "cli/command.h"
#include "cli/search_runs.h"
#include "cli/signals.h"
#include "report/terminal.h"
#include "run/directory.h"
#include "search/audit.h"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;

struct AuditOptions {
  std::vector<std::string> paths;
  ScenarioOptions scenario;
  std::string out, json;
  std::optional<std::size_t> sample;
  std::string progress = "auto", transport = "auto";
  bool quiet = false, verbose = false, no_color = false;

  ProgressKind progress_kind() const { return progress_kind_of(progress, quiet); }
};

std::vector<search::Variant> variants_of(const scenario::Scenario& scenario, const AuditOptions& options) {
  const auto all = search::audit_variants(scenario);
  return options.sample ? search::sample_of(all, *options.sample, scenario.seed) : all;
}

int audit_all(const AuditOptions& options) {
  Stop stop;
  const Signals signals(stop);
  const auto scenarios = read_scenarios(options.paths, options.scenario);
  if (!scenarios) {
    return kUsage;
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  int status = 0;
  for (const scenario::Scenario& scenario : *scenarios) {
    const fs::path directory = options.out.empty()      ? run::default_path("audit-" + scenario.name)
                               : scenarios->size() == 1 ? fs::path(options.out)
                                                        : fs::path(options.out) / scenario.name;
    search::Audit audit;
    {
      SearchProgress progress(options.progress_kind(), scenario, "as it is");
      AuditProgress observer(progress);
      audit = search::audit(scenario, variants_of(scenario, options),
                            SearchRuns{scenario, options.scenario, transport_kind(options.transport),
                                       directory, progress, stop},
                            observer);
    }
    if (audit.interrupted) {
      fmt::print(stderr, "faultline: interrupted; everything that was started has ended\n");
      return 128 + stop.signal();
    }
    audit.directory = directory.string();
    if (audit.baseline.judged() && !audit.held_as_it_is()) {
      fmt::print("{}", report::to_terminal(audit.baseline.result, {.colour = wants_colour(options.no_color),
                                                                   .verbose = options.verbose}));
    }
    fmt::print("{}", search::to_text(audit, options.verbose));
    std::fflush(stdout);
    status = search::worse_exit_status(status, search::exit_status(audit));
    list.push_back(search::to_json(audit));
  }
  if (!options.json.empty()) {
    write_json(options.json, list);
  }
  return status;
}

}  // namespace

void add_audit(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand(
      "audit", "Prove that every expectation of a scenario can fail: a check that cannot is no check");
  command->footer(
      "Runs each scenario as it is, which must hold, and then with one thing changed at a time: without a "
      "fault, "
      "without a mitigation, without a guard of the service, with the incident from the start. Each must "
      "fail.\n"
      "What none of these fails is judged by forged evidence.\n"
      "Examples:\n"
      "  faultline audit suites/playbook/redis-down.toml\n"
      "  faultline audit suites/playbook --sample 2 --seed 7 --json audit.json\n"
      "Exit status: 0 each variant failed and every check can, 1 not so, 4 a variant's run was invalid.");
  auto options = std::make_shared<AuditOptions>();
  command->add_option("scenario", options->paths, "Scenario files, or directories of them")
      ->type_name("FILE|DIR")
      ->required();
  options->scenario.add_to(*command);
  add_transport(*command, options->transport);
  command
      ->add_option(
          "--sample", options->sample,
          "Of each scenario only so many variants, drawn from the seed; forged evidence is always all")
      ->type_name("N");
  command->add_option("--out", options->out, "Where the runs' files go (runs/<utc>-audit-<scenario>)")
      ->type_name("DIR");
  command->add_option("--json", options->json, "Write the audits there as well")->type_name("FILE");
  command->add_option("--progress", options->progress, "auto, plain or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  command->add_flag("-q,--quiet", options->quiet, "Only the tables");
  command->add_flag("-v,--verbose", options->verbose, "Which forged evidence failed each check");
  command->add_flag("--no-color", options->no_color, "No colours");
  command->callback([options, &status] { status = audit_all(*options); });
}

}  // namespace faultline::cli
