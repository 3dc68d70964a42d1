// faultline list: what there is to run, and the catalogue of faults.

#include <fmt/format.h>

#include "cli/command.h"
#include "fault/catalogue.h"

namespace faultline::cli {
namespace {

int list_scenarios(const std::vector<std::string>& paths) {
  int status = 0;
  std::vector<std::array<std::string, 2>> rows;
  std::size_t width = 0;
  for (const auto& file : scenario_files(paths)) {
    if (const auto scenario = read_scenario(file, {})) {
      rows.push_back({file.string(), scenario->title});
      width = std::max(width, rows.back()[0].size());
    } else {
      status = kUsage;
    }
  }
  for (const auto& [file, title] : rows) {
    fmt::print("{:<{}}  {}\n", file, width, title);
  }
  return status;
}

}  // namespace

void add_list(CLI::App& program, int& status) {
  CLI::App* command =
      program.add_subcommand("list", "List scenarios, or with --faults the catalogue of faults");
  command->footer("Examples:\n  faultline list\n  faultline list --faults");
  auto paths = std::make_shared<std::vector<std::string>>(std::vector<std::string>{"suites/playbook"});
  auto faults = std::make_shared<bool>(false);
  command->add_option("scenario", *paths, "Scenario files, or directories of them (suites/playbook)")
      ->type_name("FILE|DIR");
  command->add_flag("--faults", *faults, "The faults with their attributes, units and defaults");
  command->callback([paths, faults, &status] {
    if (*faults) {
      fmt::print("{}", fault::catalogue_text());
    } else {
      status = list_scenarios(*paths);
    }
  });
}

}  // namespace faultline::cli
