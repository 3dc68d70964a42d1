// faultline audit: proves that every expectation of a scenario can fail.

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/audit_progress.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "core/error.h"
#include "core/journal.h"
#include "loop/loop.h"
#include "report/terminal.h"
#include "run/directory.h"
#include "run/run.h"
#include "search/audit.h"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;
using search::Ran;

struct AuditOptions {
  std::vector<std::string> paths;
  ScenarioOptions scenario;
  std::string out, json;
  std::optional<std::size_t> sample;
  std::string progress = "auto", transport = "auto";
  bool quiet = false, verbose = false, no_color = false;

  ProgressKind progress_kind() const {
    if (progress == "none" || quiet) {
      return ProgressKind::none;
    }
    return progress == "auto" && is_terminal() ? ProgressKind::terminal : ProgressKind::plain;
  }
};

// Makes the runs of one scenario's audit.
struct Runs {
  const scenario::Scenario& scenario;
  const AuditOptions& options;
  const fs::path directory;
  AuditProgress& progress;
  const Stop& stop;

  Ran operator()(const search::Ask& ask) const {
    ScenarioOptions of_run = options.scenario;
    for (const Override& change : ask.overrides) {
      of_run.settings.push_back(change.key + "=" + change.value);
    }
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

  void make(const scenario::Scenario& changed, const search::Ask& ask, Ran& ran) const {
    run::Options run_options;
    run_options.directory = directory / ask.name;
    run_options.transport = transport_kind(options.transport);
    run_options.repeat = ran.repeat;
    run_options.stop_at_first_failure = ask.to_first_failure;
    AuditedRun observer(progress);
    auto result = run::run(changed, run_options, observer, stop);
    if (!result) {
      ran.end = Ran::End::interrupted;
      return;
    }
    ran.end = Ran::End::judged;
    ran.result = std::move(*result);
    if (ask.wants_journal) {
      ran.journal = read_journal(run_options.directory / "journal.ndjson").records;
    }
  }
};

std::vector<search::Variant> variants_of(const scenario::Scenario& scenario, const AuditOptions& options) {
  const auto all = search::audit_variants(scenario);
  return options.sample ? search::sample_of(all, *options.sample, scenario.seed) : all;
}

void write_json(const std::string& path, const std::vector<search::Audit>& audits) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const search::Audit& audit : audits) {
    list.push_back(search::to_json(audit));
  }
  std::ofstream file(path);
  file << list.dump(2) << '\n';
  file.close();
  if (!file) {
    throw EnvironmentError(fmt::format("cannot write {}", path), "name another file with --json");
  }
}

int audit_all(const AuditOptions& options) {
  Stop stop;
  const Signals signals(stop);
  const auto scenarios = read_scenarios(options.paths, options.scenario);
  if (!scenarios) {
    return kUsage;
  }
  std::vector<search::Audit> audits;
  int status = 0;
  for (const scenario::Scenario& scenario : *scenarios) {
    const fs::path directory = options.out.empty()      ? run::default_path("audit-" + scenario.name)
                               : scenarios->size() == 1 ? fs::path(options.out)
                                                        : fs::path(options.out) / scenario.name;
    search::Audit audit;
    {
      AuditProgress progress(options.progress_kind(), scenario);
      audit = search::audit(scenario, variants_of(scenario, options),
                            Runs{scenario, options, directory, progress, stop}, progress);
    }
    if (audit.interrupted) {
      fmt::print(stderr, "faultline: interrupted; everything that was started has ended\n");
      return 128 + stop.signal();
    }
    audit.directory = directory.string();
    if (audit.baseline.end == Ran::End::judged && !audit.held_as_it_is()) {
      fmt::print("{}", report::to_terminal(audit.baseline.result, {.colour = wants_colour(options.no_color),
                                                                   .verbose = options.verbose}));
    }
    fmt::print("{}", search::to_text(audit, options.verbose));
    std::fflush(stdout);
    status = search::worse_exit_status(status, search::exit_status(audit));
    audits.push_back(std::move(audit));
  }
  if (!options.json.empty()) {
    write_json(options.json, audits);
  }
  return status;
}

}  // namespace

void add_audit(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand(
      "audit", "Prove that every expectation of a scenario can fail: a check that cannot is no check");
  command->footer(
      "Runs each scenario as it is, which must hold, and then with one thing changed at a time: without a "
      "fault,\n"
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
