// faultline: tests whether a service survives its dependencies.

#include <fmt/format.h>

#include <exception>
#include <memory>

#include "cli/allocator.h"
#include "cli/command.h"
#include "cli/help.h"
#include "core/error.h"

namespace faultline {
namespace {

// What is wrong and what can be done; gives the exit status.
int say(const EnvironmentError& error, int status) {
  fmt::print(stderr, "faultline: {}\n", error.what());
  if (!error.remedy.empty()) {
    fmt::print(stderr, "  {}\n", error.remedy);
  }
  return status;
}

}  // namespace
}  // namespace faultline

int main(int argc, char** argv) {
  using namespace faultline;
  cli::take_large_pages();
  CLI::App program("Tests whether a service survives its dependencies.", "faultline");
  program.formatter(std::make_shared<cli::Help>(cli::columns()));
  program.set_version_flag("--version", FAULTLINE_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Exit status: 0 everything held, 1 an expectation failed, 2 the scenario or the command line is "
      "wrong, "
      "3 the environment could not be had, 4 the run did not test what it says, 130 or 143 interrupted.");
  int status = 0;
  cli::add_run(program, status);
  cli::add_audit(program, status);
  cli::add_compare(program, status);
  cli::add_check(program, status);
  cli::add_list(program, status);
  cli::add_up(program, status);
  cli::add_proxy(program, status);
  cli::add_report(program, status);
  cli::add_replay(program, status);
  cli::add_mock(program, status);
  cli::add_load(program, status);
  cli::add_import(program, status);
  cli::add_trace(program, status);
  cli::add_diff(program, status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : cli::kUsage;
  } catch (const cli::UsageError& error) {
    return say(error, cli::kUsage);
  } catch (const EnvironmentError& error) {
    return say(error, cli::kEnvironment);
  } catch (const std::exception& error) {
    fmt::print(stderr, "faultline: failed: {}\n", error.what());
    return cli::kEnvironment;
  }
  return status;
}
