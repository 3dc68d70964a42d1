// faultline check: reads and validates, starts nothing.

#include <fmt/format.h>

#include "cli/command.h"

namespace faultline::cli {

void add_check(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("check", "Read and validate scenarios; start nothing");
  command->footer("Example: faultline check suites/playbook");
  auto paths = std::make_shared<std::vector<std::string>>();
  auto options = std::make_shared<ScenarioOptions>();
  command->add_option("scenario", *paths, "Scenario files, or directories of them")
      ->type_name("FILE|DIR")
      ->required();
  options->add_to(*command);
  command->callback([paths, options, &status] {
    for (const auto& file : scenario_files(*paths)) {
      if (const auto scenario = read_scenario(file, *options)) {
        fmt::print("{}: {} phases, {}, {} faults, {} steps\n", file.string(), scenario->phases.size(),
                   to_text(scenario->length()), scenario->faults.size(), scenario->steps.size());
      } else {
        status = kUsage;
      }
    }
  });
}

}  // namespace faultline::cli
