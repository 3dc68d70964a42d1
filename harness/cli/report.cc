// faultline report: judges runs again from what they left.

#include <fmt/format.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/outputs.h"
#include "core/error.h"
#include "report/terminal.h"
#include "run/run.h"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::vector<std::string> paths;
  Outputs outputs;
  bool no_color = false;
};

// The directory of a run, or of each run that it holds, by name: what --out made of a suite. `latest` there is a link
// to one of them.
std::vector<fs::path> runs_in(const fs::path& path) {
  std::vector<fs::path> runs;
  if (!fs::exists(path / "journal.ndjson") && fs::is_directory(path)) {
    for (const auto& entry : fs::directory_iterator(path)) {
      if (!entry.is_symlink() && fs::exists(entry.path() / "scenario.toml")) {
        runs.push_back(entry.path());
      }
    }
    std::sort(runs.begin(), runs.end());
  }
  return runs.empty() ? std::vector{path} : runs;
}

std::vector<fs::path> runs_in(const std::vector<std::string>& paths) {
  std::vector<fs::path> all;
  for (const std::string& path : paths) {
    const auto runs = runs_in(fs::path(path));
    all.insert(all.end(), runs.begin(), runs.end());
  }
  return all;
}

// Of several, one that cannot be judged costs no other its place.
result::Outcome outcome_of(const fs::path& directory) {
  if (!fs::exists(directory / "journal.ndjson")) {
    return result::Unjudged{directory.filename().string(), "", false,
                            fmt::format("{} holds no journal", directory.string()),
                            "its environment could not be had, or it was interrupted before that was ready"};
  }
  try {
    return run::judge_again(directory);
  } catch (const EnvironmentError& error) {
    return result::Unjudged{directory.filename().string(), "", false, error.what(), error.remedy};
  }
}

void print(const result::Outcome& outcome, const fs::path& directory, const report::Style& style) {
  if (const auto* result = std::get_if<result::Result>(&outcome)) {
    result::Result here = *result;
    here.directory = directory.string();  // it may have been moved since
    fmt::print("{}", report::to_terminal(here, style));
  } else {
    fmt::print(stderr, "faultline: {}\n", std::get<result::Unjudged>(outcome).problem);
  }
}

int report_all(const ReportOptions& options) {
  options.outputs.check();
  const auto directories = runs_in(options.paths);
  const bool talks = !options.outputs.take_standard_output();
  const report::Style style{.colour = wants_colour(options.no_color), .verbose = true};
  result::Suite suite{FAULTLINE_VERSION, {}};
  for (const fs::path& directory : directories) {
    suite.outcomes.push_back(directories.size() == 1 ? result::Outcome(run::judge_again(directory))
                                                     : outcome_of(directory));
    if (talks) {
      print(suite.outcomes.back(), directory, style);
    }
  }
  if (talks && suite.outcomes.size() > 1) {
    fmt::print("{}", report::summary_table(suite, style));
  }
  std::fflush(stdout);
  options.outputs.write(suite);
  return result::exit_status(suite);
}

}  // namespace

void add_report(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("report", "Judge runs again, from their journals alone");
  command->footer(
      "Examples:\n"
      "  faultline report runs/latest\n"
      "  faultline report runs/nightly --junit junit.xml --html report.html");
  auto options = std::make_shared<ReportOptions>();
  command
      ->add_option("directory", options->paths,
                   "The directories that runs left, or one that holds those of a suite")
      ->check(CLI::ExistingDirectory.description(""))
      ->type_name("DIR")
      ->required();
  options->outputs.add_to(*command);
  command->add_flag("--no-color", options->no_color, "No colours");
  command->callback([options, &status] { status = report_all(*options); });
}

}  // namespace faultline::cli
