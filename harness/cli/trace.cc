// faultline trace and faultline diff: the canonical trace of a run, and where two of them part.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "core/journal.h"
#include "search/trace.h"

namespace faultline::cli {
namespace {

search::Trace trace_of(const std::string& directory) {
  return search::read_trace(read_journal(std::filesystem::path(directory) / "journal.ndjson").records);
}

}  // namespace

void add_trace(CLI::App& program, int& /*status*/) {
  CLI::App* command = program.add_subcommand(
      "trace",
      "Print the canonical trace of a run: what each arrival made the service do, and what was decided");
  command->footer(
      "Example: faultline trace runs/latest\nWith observe = \"all\" in the scenario it has every message.");
  auto directory = std::make_shared<std::string>();
  command->add_option("directory", *directory, "The directory that the run left")
      ->check(is_run())
      ->type_name("DIR")
      ->required();
  command->callback([directory] {
    const search::Trace trace = trace_of(*directory);
    fmt::print("{}", search::to_text(trace));
    fmt::print(stderr, "{} causes; {}\n", trace.of_cause.size(), search::describe_known(trace));
  });
}

void add_diff(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("diff", "Compare the canonical traces of two runs");
  command->footer(
      "Example: faultline diff runs/a runs/b\nExit status: 0 identical in all "
      "that both came to begin, 1 not.");
  auto a = std::make_shared<std::string>();
  auto b = std::make_shared<std::string>();
  command->add_option("a", *a, "The directory that one run left")
      ->check(is_run())
      ->type_name("DIR")
      ->required();
  command->add_option("b", *b, "And the other")->check(is_run())->type_name("DIR")->required();
  command->callback([a, b, &status] {
    const search::Difference difference = search::diff(trace_of(*a), trace_of(*b));
    fmt::print("{}", search::to_text(difference, *a, *b));
    status = difference.first ? 1 : 0;
  });
}

}  // namespace faultline::cli
