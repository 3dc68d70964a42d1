#include <fmt/format.h>

#include <algorithm>

#include "promql/scale.h"
#include "scenario/parts.h"

namespace faultline::scenario {
namespace {

// As find_beside finds files: beside the scenario, or one folder up.
std::optional<std::filesystem::path> find_folder(const std::filesystem::path& scenario,
                                                 const std::string& name) {
  const std::filesystem::path folder = scenario.parent_path();
  for (const auto& candidate : {folder / name, folder / ".." / name}) {
    if (std::filesystem::is_directory(candidate)) {
      return candidate.lexically_normal();
    }
  }
  return std::nullopt;
}

std::vector<std::string> names_of(const promql::Suite& suite) {
  std::vector<std::string> names;
  names.reserve(suite.alerts.size());
  for (const promql::Alert& alert : suite.alerts) {
    names.push_back(alert.name);
  }
  return names;
}

// Whether there is an alert of that name; otherwise the mistake is reported at `key`.
const promql::Alert* known_alert(Table& table, std::string_view key, const std::string& name,
                                 const promql::Suite& suite) {
  const promql::Alert* const alert = suite.alert(name);
  if (!alert) {
    const std::vector<std::string> names = names_of(suite);
    table.problem(key, fmt::format("no rule has an alert '{}' (there are: {})", name, fmt::join(names, ", ")),
                  did_you_mean(name, names));
  }
  return alert;
}

void read_thresholds(Table& table, Monitoring& monitoring) {
  auto thresholds = table.table("thresholds");
  if (!thresholds) {
    return;
  }
  for (const std::string& name : thresholds->keys()) {
    const auto number = thresholds->number(name);
    const promql::Alert* const alert = known_alert(*thresholds, name, name, monitoring.suite);
    if (alert && !promql::threshold_of(alert->expression)) {
      thresholds->problem(name, fmt::format("'{}' compares with no number: {}", name, alert->expression));
    } else if (alert && number) {
      monitoring.thresholds[name] = *number;
    }
  }
  thresholds->finish();
}

}  // namespace

void read_monitoring(Table& file, Scenario& scenario, Diagnostics& problems) {
  auto table = file.table("prometheus");
  if (!table) {
    return;
  }
  const std::string name = table->text("rules").value_or("monitoring");
  const bool plain = name.find('/') == std::string::npos && !name.starts_with('.');
  const auto folder = plain ? find_folder(scenario.file, name) : std::nullopt;
  if (!folder) {
    table->problem("rules",
                   fmt::format("there is no folder '{}' beside the scenario or one folder up", name));
    table->get("thresholds");
    table->finish();
    return;
  }
  Monitoring& monitoring = scenario.monitoring.emplace();
  monitoring.suite = promql::read_suite(*folder, problems);
  for (const auto& [path, text] : monitoring.suite.files) {
    scenario.sources.emplace_back((std::filesystem::path(name) / path).string(), text);
  }
  read_thresholds(*table, monitoring);
  table->finish();
}

void read_alert(Table& expectation, Scenario& scenario) {
  if (const auto all = expectation.text("alerts")) {
    if (*all != "none") {
      expectation.problem("alerts", fmt::format("'{}' is not known: only \"none\" is", *all),
                          "of one alert write alert = { name = \"...\", fires_within = \"8s\" }");
    }
    scenario.alerts.push_back({.name = {}, .never = true});
  }
  auto table = expectation.table("alert");
  if (!scenario.monitoring) {
    expectation.problem(table ? "alert" : "alerts", "an alert needs [prometheus], which looks at the rules");
    return;
  }
  if (!table) {
    return;
  }
  const promql::Suite& suite = scenario.monitoring->suite;
  AlertExpectation alert{.name = table->required_text("name"),
                         .never = table->boolean("never").value_or(false),
                         .fires_within = table->duration("fires_within"),
                         .clears_within = table->duration("clears_within"),
                         .to = table->text("to").value_or("")};
  if (!alert.name.empty()) {
    known_alert(*table, "name", alert.name, suite);
  }
  if (!alert.to.empty() && std::ranges::find(suite.receivers, alert.to) == suite.receivers.end()) {
    table->problem("to", fmt::format("{} has no receiver '{}'", promql::kAlertmanagerFile, alert.to),
                   did_you_mean(alert.to, suite.receivers));
  }
  const bool wanted = alert.fires_within || alert.clears_within || !alert.to.empty();
  if (alert.never == wanted) {
    table->problem(
        "name",
        alert.never ? "an alert that never fires neither clears nor is told of" : "nothing is expected of it",
        "write fires_within and clears_within, or never = true");
  }
  table->finish();
  scenario.alerts.push_back(std::move(alert));
}

}  // namespace faultline::scenario
