#include "load/load.h"

#include <fmt/format.h>

namespace faultline::load {
namespace {

// One arrival a minute, and more than one machine can start.
constexpr Rate kRateAtLeast{1.0 / 60};
constexpr Rate kRateAtMost{10'000};

}  // namespace

std::optional<Load> read_load(Table& table, const ResolveFlow& resolve, Diagnostics& problems) {
  const std::size_t problems_before = problems.size();
  Load load;
  const std::string name = table.required_text("flow");
  load.once = table.boolean("once").value_or(false);
  if (!load.once) {
    load.rate = table.required_rate("rate");
  } else if (table.get("rate")) {
    table.problem("once", "journeys that are made once have no rate");
  }
  table.finish();
  if (problems.size() != problems_before) {
    return std::nullopt;
  }
  if (!load.once && (load.rate < kRateAtLeast || load.rate > kRateAtMost)) {
    table.problem("rate", fmt::format("'rate' must be 1/m to {}", to_text(kRateAtMost)));
  }
  const auto path = resolve(name);
  if (!path) {
    table.problem("flow", fmt::format("there is no flow '{}'", name),
                  name.ends_with(".toml") ? "a path is relative to the scenario's folder"
                                          : fmt::format("it would be flows/{}.toml", name));
    return std::nullopt;
  }
  auto flow = read_flow(*path, problems);
  if (!flow || problems.size() != problems_before) {
    return std::nullopt;
  }
  load.flow = std::move(*flow);
  return load;
}

}  // namespace faultline::load
