// The file with the objectives, in TOML or as OpenSLO, and the levels beside them.

#include <fmt/format.h>

#include <algorithm>

#include "core/file.h"
#include "scenario/parts.h"
#include "slo/openslo.h"
#include "slo/toml.h"

namespace faultline::scenario {
namespace {

bool is_upper(Comparator comparator) {
  return comparator == Comparator::less || comparator == Comparator::less_equal;
}
bool is_lower(Comparator comparator) {
  return comparator == Comparator::greater || comparator == Comparator::greater_equal;
}

// Whatever meets the target meets the warning level too, and both look the same way.
void check_order(Table& table, const Level& level) {
  const Comparison& target = level.target.comparison;
  const Comparison& warning = level.warning.comparison;
  const bool upper = is_upper(target.comparator) && is_upper(warning.comparator);
  const bool lower = is_lower(target.comparator) && is_lower(warning.comparator);
  if (!upper && !lower) {
    table.problem("warning", "target and warning level are both upper limits, or both lower ones");
  } else if (upper ? warning.target < target.target : warning.target > target.target) {
    table.problem("warning", "the warning level is stricter than the target", "exchange them");
  }
}

std::optional<Expression> read_part(Table& table, const Level& level, const std::optional<Value>& metric,
                                    const char* key) {
  const auto value = table.get(key);
  if (!value) {
    table.missing(key);
    return std::nullopt;
  }
  if (value->kind() != Value::Kind::text) {
    value->problem("a level is a string such as \"< 500ms\"");
    return std::nullopt;
  }
  return metric ? read_expression(*metric, *value) : read_share_expression(level.slo, *value);
}

void read_level(Table& table, Scenario& scenario) {
  Level level;
  const auto slo = table.text("slo");
  auto metric = table.get("metric");
  if (metric && metric->kind() != Value::Kind::text) {
    metric->problem("a metric is a string such as \"http_req_duration p(95)\"");
    return;
  }
  if (slo.has_value() == metric.has_value()) {
    table.problem("metric", slo ? "a level is of a 'metric' or of an 'slo', not of both"
                                : "a level is of a 'metric' or of an 'slo'");
    table.get("target");
    table.get("warning");
    table.finish();
    return;
  }
  if (slo) {
    std::vector<std::string> names;
    names.reserve(scenario.objectives.size());
    for (const slo::Objective& objective : scenario.objectives) {
      names.push_back(objective.name);
    }
    if (std::find(names.begin(), names.end(), *slo) == names.end()) {
      table.problem("slo",
                    fmt::format("there is no objective '{}' (known: {})", *slo, fmt::join(names, ", ")),
                    did_you_mean(*slo, names));
    }
    level.slo = *slo;
  }
  const auto target = read_part(table, level, metric, "target");
  // A mistake in the metric is reported once.
  const auto warning = target || !metric ? read_part(table, level, metric, "warning") : std::nullopt;
  table.get("warning");
  table.finish();
  if (target && warning) {
    level.target = *target;
    level.warning = *warning;
    check_order(table, level);
    scenario.levels.push_back(std::move(level));
  }
}

void read_toml_file(const std::filesystem::path& path, Scenario& scenario, Diagnostics& problems) {
  Diagnostics own;  // a file that is no TOML is not also said to lack things
  Table file = Table::parse_file(path, own);
  if (own.empty()) {
    scenario.objectives = slo::read_toml(file);
    for (Table& level : file.tables("level")) {
      read_level(level, scenario);
    }
    if (!file.has("slo")) {
      file.missing("slo");
    }
    file.finish();
  }
  problems.insert(problems.end(), own.begin(), own.end());
}

}  // namespace

void read_slo_file(Table& scenario_table, Scenario& scenario, Diagnostics& problems) {
  const std::string name = scenario_table.text("slo").value_or("");
  if (name.empty()) {
    return;
  }
  const auto found = find_all_beside(scenario.file, "slo", name, {".toml", ".yaml", ".yml"});
  if (found.empty()) {
    scenario_table.problem(
        "slo",
        fmt::format("there is no slo/{}.toml, .yaml or .yml beside the scenario or one folder up", name));
    return;
  }
  if (found.size() > 1) {
    scenario_table.problem("slo",
                           fmt::format("there are both {} and {}", found[0].string(), found[1].string()),
                           fmt::format("name one of them: slo = \"{}\"",
                                       found[0].lexically_relative(scenario.file.parent_path()).string()));
    return;
  }
  const std::filesystem::path& path = found.front();
  const std::string text = read_file(path).value_or("");
  if (path.extension() == ".toml") {
    read_toml_file(path, scenario, problems);
  } else {
    scenario.objectives = slo::read_openslo(text, path.string(), problems);
  }
  scenario.sources.emplace_back("slo/" + path.filename().string(), text);
}

}  // namespace faultline::scenario
