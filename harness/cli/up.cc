// faultline up: starts what a scenario needs, prints the addresses, and keeps it up until Ctrl-C.

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/signals.h"
#include "core/units.h"
#include "run/directory.h"
#include "run/environment.h"
#include "run/monitoring.h"

namespace faultline::cli {
namespace {

// Nobody judges what happens by hand.
class Onlooker final : public stream::Observer {};

int up(const std::filesystem::path& file, const ScenarioOptions& options, const std::string& out,
       const std::string& transport) {
  Stop stop;
  const Signals signals(stop);
  const auto scenario = read_scenario(file, options);
  if (!scenario) {
    return kUsage;
  }
  const run::Directory directory(
      out.empty() ? run::default_path(scenario->name + "-up") : std::filesystem::path(out), *scenario);
  Onlooker onlooker;
  stream::TraceCauses causes;
  run::Environment environment(
      *scenario, directory.path() / "logs", transport_kind(transport), causes,
      [&](const std::string&) -> stream::Observer& { return onlooker; },
      [](const result::StartUp& part) {
        fmt::print("  {:<10} ready after {}\n", part.what, to_display(part.began + part.took));
        std::fflush(stdout);
      },
      stop);
  fmt::print("\nservice  {}\n", environment.addresses().service);
  if (const auto* const monitoring = environment.monitoring()) {
    fmt::print("prometheus  {}\nalertmanager  {}\n", monitoring->prometheus_url(),
               monitoring->alertmanager_url());
  }
  fmt::print("\nwhat it was told, to start one of your own with:\n");
  for (const auto& [name, value] : environment.addresses().variables) {
    fmt::print("  export {}='{}'\n", name, value);
  }
  fmt::print("\nlogs in {}; Ctrl-C ends everything\n", (directory.path() / "logs").string());
  std::fflush(stdout);
  while (stop.wait_until(Instant::max())) {
  }
  return 0;
}

}  // namespace

void add_up(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand(
      "up", "Start a scenario's dependencies, proxies and service, and keep them up until Ctrl-C");
  command->footer("Example: faultline up suites/playbook/redis-down.toml");
  auto file = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  auto options = std::make_shared<ScenarioOptions>();
  command->add_option("scenario", *file, "A scenario file")->type_name("FILE")->required();
  command->add_option("--out", *out, "Where the logs go (runs/<utc>-<scenario>-up)")->type_name("DIR");
  options->add_to(*command);
  auto transport = std::make_shared<std::string>("auto");
  add_transport(*command, *transport);
  command->callback([file, out, options, transport, &status] {
    status = up(scenario_files({*file}).front(), *options, *out, *transport);
  });
}

}  // namespace faultline::cli
