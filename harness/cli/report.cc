// faultline report: judges a run again from what it left.

#include <fmt/format.h>

#include "cli/command.h"
#include "report/terminal.h"
#include "run/run.h"

namespace faultline::cli {

void add_report(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("report", "Judge a run again, from its journal alone");
  command->footer("Example: faultline report runs/latest");
  auto directory = std::make_shared<std::string>();
  auto no_color = std::make_shared<bool>(false);
  command->add_option("directory", *directory, "The directory that the run left")
      ->type_name("DIR")
      ->required();
  command->add_flag("--no-color", *no_color, "No colours");
  command->callback([directory, no_color, &status] {
    const result::Result result = run::judge_again(*directory);
    fmt::print("{}", report::to_terminal(result, {.colour = wants_colour(*no_color), .verbose = true}));
    status = result::exit_status(result.verdict);
  });
}

}  // namespace faultline::cli
