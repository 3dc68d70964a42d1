// faultline replay: runs a recorded plan and its rules again, and says whether the same happened.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "core/journal.h"
#include "report/terminal.h"
#include "run/directory.h"
#include "run/run.h"
#include "run/subject.h"
#include "search/trace.h"

namespace faultline::cli {
namespace {

struct ReplayOptions {
  std::string directory, out, service, transport = "auto";
  bool no_color = false;
};

// The record that says what was run.
nlohmann::ordered_json plan_record(const std::vector<nlohmann::ordered_json>& journal) {
  for (const nlohmann::ordered_json& record : journal) {
    if (record.value("kind", "") == "plan") {
      return record;
    }
  }
  return nlohmann::ordered_json::object();
}

// What is not the same as it was, and may explain a difference.
void print_changes(const nlohmann::ordered_json& before, const run::Subject& now) {
  const std::string version = before.value("version", "");
  if (version != FAULTLINE_VERSION) {
    fmt::print("Faultline was {}, and is {} now\n", version.empty() ? "another version" : version,
               FAULTLINE_VERSION);
  }
  const std::string service = before.value("service", "");
  if (service != now.digest) {
    fmt::print("the service is another one: its digest was {}, and is {} now ({})\n",
               service.empty() ? "not recorded" : service, now.digest, now.what);
  }
}

int replay(const ReplayOptions& options) {
  Stop stop;
  const Signals signals(stop);
  const std::filesystem::path directory = options.directory;
  const JournalText before = read_journal(directory / "journal.ndjson");
  const nlohmann::ordered_json record = plan_record(before.records);
  ScenarioOptions scenario_options;
  scenario_options.service = options.service;
  auto scenario = read_scenario(directory / "scenario.toml", scenario_options);
  if (!scenario) {
    return kUsage;
  }
  if (record.contains("directory")) {
    scenario->service.directory = record.at("directory").get<std::string>();
  }
  print_changes(record, run::subject_of(scenario->service));
  run::Options run_options;
  run_options.directory = options.out.empty() ? run::default_path(scenario->name + "-replay")
                                              : std::filesystem::path(options.out);
  run_options.plan = directory / "plan.ndjson";
  run_options.transport = transport_kind(options.transport);
  run_options.repeat = fmt::format("faultline replay {}", options.directory);
  std::optional<result::Result> result;
  {
    Progress progress(is_terminal() ? ProgressKind::terminal : ProgressKind::plain, *scenario);
    result = run::run(*scenario, run_options, progress, stop);
  }
  if (!result) {
    fmt::print(stderr, "faultline: interrupted; everything that was started has ended\n");
    return 128 + stop.signal();
  }
  leave_reports(*result, run_options.directory);
  fmt::print("{}\n",
             report::to_terminal(*result, {.colour = wants_colour(options.no_color), .verbose = false}));
  const search::Trace then = search::read_trace(before.records);
  const search::Trace now =
      search::read_trace(read_journal(run_options.directory / "journal.ndjson").records);
  const search::Difference difference = search::diff(then, now);
  fmt::print("{}{} then, {} now\n", search::to_text(difference, "then", "now"), search::describe_known(then),
             search::describe_known(now));
  if (then.by_order > 0) {
    fmt::print("left out: {} decisions that depend on the order of messages\n", then.by_order);
  }
  return difference.first ? 1 : 0;
}

}  // namespace

void add_replay(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand(
      "replay", "Run the plan and the rules of a run again, and say whether the same happened");
  command->footer(
      "Example: faultline replay runs/latest\n"
      "Secrets are not in what a run leaves: they come from the environment again.\n"
      "Exit status: 0 identical in all that both runs came to begin, 1 not.");
  auto options = std::make_shared<ReplayOptions>();
  command->add_option("directory", options->directory, "The directory that the run left")
      ->check(is_run())
      ->type_name("DIR")
      ->required();
  command->add_option("--service", options->service, "Another service: a command, or a URL")
      ->type_name("CMD|URL");
  add_transport(*command, options->transport);
  command->add_option("--out", options->out, "Where the run's files go (runs/<utc>-<scenario>-replay)")
      ->type_name("DIR");
  command->add_flag("--no-color", options->no_color, "No colours");
  command->callback([options, &status] { status = replay(*options); });
}

}  // namespace faultline::cli
