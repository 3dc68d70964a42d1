// A result as JSON, and back. docs/result.md describes the schema.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "result/result.h"

namespace faultline::result {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kSchema = "faultline.result/1";

// Durations are whole nanoseconds in the program and seconds in the file: 17 significant digits bring every one
// below 100 days back exactly.
ordered_json optional_seconds(const std::optional<Duration>& duration) {
  return duration ? ordered_json(seconds(*duration)) : ordered_json(nullptr);
}

std::optional<Duration> optional_duration(const ordered_json& json) {
  return json.is_null() ? std::nullopt : std::optional(from_seconds(json.get<double>()));
}

Verdict verdict_of(const std::string& text) {
  for (const Verdict verdict : {Verdict::held, Verdict::failed, Verdict::invalid}) {
    if (text == to_text(verdict)) {
      return verdict;
    }
  }
  throw EnvironmentError(fmt::format("'{}' is no verdict", text),
                         "judge the run again with `faultline report`");
}

ordered_json to_json(const Check& check) {
  return {{"kind", check.kind},
          {"what", check.what},
          {"where", check.where},
          {"target", check.target},
          {"actual", check.actual},
          {"margin", check.margin},
          {"verdict", to_text(check.verdict)},
          {"detail", check.detail}};
}

Check check_from(const ordered_json& json) {
  return {.kind = json.at("kind"),
          .what = json.at("what"),
          .where = json.at("where"),
          .target = json.at("target"),
          .actual = json.at("actual"),
          .margin = json.at("margin"),
          .verdict = verdict_of(json.at("verdict")),
          .detail = json.at("detail")};
}

ordered_json to_json(const PhaseFigures& phase) {
  return {{"name", phase.name},
          {"length", phase.length},
          {"arrivals", phase.arrivals},
          {"requests", phase.requests},
          {"errors", phase.errors},
          {"error_rate", phase.error_rate()},
          {"p50", optional_seconds(phase.p50)},
          {"p95", optional_seconds(phase.p95)},
          {"p99", optional_seconds(phase.p99)},
          {"calls_per_arrival", phase.calls_per_arrival}};
}

PhaseFigures phase_from(const ordered_json& json) {
  return {.name = json.at("name"),
          .length = json.at("length"),
          .arrivals = json.at("arrivals"),
          .requests = json.at("requests"),
          .errors = json.at("errors"),
          .p50 = optional_duration(json.at("p50")),
          .p95 = optional_duration(json.at("p95")),
          .p99 = optional_duration(json.at("p99")),
          .calls_per_arrival = json.at("calls_per_arrival")};
}

ordered_json to_json(const KnownCauses& causes) {
  return {{"header", causes.header},
          {"value", causes.value},
          {"exclusion", causes.exclusion},
          {"background", causes.background}};
}

KnownCauses causes_from(const ordered_json& json) {
  return {.header = json.at("header"),
          .value = json.at("value"),
          .exclusion = json.at("exclusion"),
          .background = json.at("background")};
}

ordered_json to_json(const StartUp& part) {
  return {{"what", part.what}, {"began", seconds(part.began)}, {"took", seconds(part.took)}};
}

StartUp start_up_from(const ordered_json& json) {
  return {.what = json.at("what"),
          .began = from_seconds(json.at("began").get<double>()),
          .took = from_seconds(json.at("took").get<double>())};
}

ordered_json to_json(const Burn& burn) {
  return {{"threshold", burn.threshold},
          {"long_window", seconds(burn.long_window)},
          {"short_window", seconds(burn.short_window)},
          {"long_in_run", seconds(burn.long_in_run)},
          {"short_in_run", seconds(burn.short_in_run)},
          {"peak", burn.peak ? ordered_json(*burn.peak) : ordered_json(nullptr)},
          {"fired_at", optional_seconds(burn.fired_at)},
          {"until", optional_seconds(burn.until)},
          {"left_out", burn.left_out}};
}

Burn burn_from(const ordered_json& json) {
  const ordered_json& peak = json.at("peak");
  return {.threshold = json.at("threshold"),
          .long_window = from_seconds(json.at("long_window").get<double>()),
          .short_window = from_seconds(json.at("short_window").get<double>()),
          .long_in_run = from_seconds(json.at("long_in_run").get<double>()),
          .short_in_run = from_seconds(json.at("short_in_run").get<double>()),
          .peak = peak.is_null() ? std::nullopt : std::optional(peak.get<double>()),
          .fired_at = optional_duration(json.at("fired_at")),
          .until = optional_duration(json.at("until")),
          .left_out = json.at("left_out")};
}

ordered_json to_json(const Budget& budget);  // uses the lists below

ordered_json to_json(const Level& level) {
  return {{"what", level.what},       {"where", level.where},   {"target", level.target},
          {"warning", level.warning}, {"actual", level.actual}, {"level", level.level}};
}

Level level_from(const ordered_json& json) {
  return {.what = json.at("what"),
          .where = json.at("where"),
          .target = json.at("target"),
          .warning = json.at("warning"),
          .actual = json.at("actual"),
          .level = json.at("level")};
}

template <typename T>
ordered_json list(const std::vector<T>& items) {
  ordered_json array = ordered_json::array();
  for (const T& item : items) {
    array.push_back(to_json(item));
  }
  return array;
}

template <typename T>
std::vector<T> list_from(const ordered_json& json, T (*read)(const ordered_json&)) {
  std::vector<T> items;
  for (const ordered_json& item : json) {
    items.push_back(read(item));
  }
  return items;
}

ordered_json to_json(const Budget& budget) {
  return {{"slo", budget.slo},
          {"summary", budget.summary},
          {"target", budget.target},
          {"events", budget.events},
          {"bad", budget.bad},
          {"allowed", budget.allowed},
          {"spent", budget.spent},
          {"cost_minutes", budget.cost_minutes},
          {"month_minutes", budget.month_minutes},
          {"burns", list(budget.burns)}};
}

Budget budget_from(const ordered_json& json) {
  return {.slo = json.at("slo"),
          .summary = json.at("summary"),
          .target = json.at("target"),
          .events = json.at("events"),
          .bad = json.at("bad"),
          .allowed = json.at("allowed"),
          .spent = json.at("spent"),
          .cost_minutes = json.at("cost_minutes"),
          .month_minutes = json.at("month_minutes"),
          .burns = list_from(json.at("burns"), &burn_from)};
}

}  // namespace

ordered_json to_json(const Result& result) {
  return {{"schema", kSchema},
          {"scenario", result.scenario},
          {"title", result.title},
          {"version", result.version},
          {"seed", result.seed},
          {"file", result.file},
          {"repeat", result.repeat},
          {"directory", result.directory},
          {"verdict", to_text(result.verdict)},
          {"checks", list(result.checks)},
          {"stopped", result.stopped},
          {"notes", result.notes},
          {"phases", list(result.phases)},
          {"recovery", optional_seconds(result.recovery)},
          {"budget_spent", result.budget_spent ? ordered_json(*result.budget_spent) : ordered_json(nullptr)},
          {"budgets", list(result.budgets)},
          {"levels", list(result.levels)},
          {"causes", to_json(result.causes)},
          {"start_up", list(result.start_up)},
          {"ready_after", seconds(result.ready_after)}};
}

Result from_json(const ordered_json& json) {
  const std::string remedy = "judge the run again with `faultline report`";
  const std::string schema = json.is_object() ? json.value("schema", "") : "";
  if (schema != kSchema) {
    throw EnvironmentError(fmt::format("the result has schema '{}', not '{}'", schema, kSchema), remedy);
  }
  try {
    const ordered_json& budget = json.at("budget_spent");
    return {.scenario = json.at("scenario"),
            .title = json.at("title"),
            .version = json.at("version"),
            .seed = json.at("seed"),
            .file = json.value("file", ""),
            .repeat = json.at("repeat"),
            .directory = json.at("directory"),
            .verdict = verdict_of(json.at("verdict")),
            .checks = list_from(json.at("checks"), &check_from),
            .stopped = json.value("stopped", false),
            .notes = json.value("notes", std::vector<std::string>{}),
            .phases = list_from(json.at("phases"), &phase_from),
            .recovery = optional_duration(json.at("recovery")),
            .budget_spent = budget.is_null() ? std::nullopt : std::optional(budget.get<double>()),
            .budgets = list_from(json.at("budgets"), &budget_from),
            .levels = list_from(json.at("levels"), &level_from),
            .causes = causes_from(json.at("causes")),
            .start_up = list_from(json.at("start_up"), &start_up_from),
            .ready_after = from_seconds(json.at("ready_after").get<double>())};
  } catch (const ordered_json::exception& error) {
    throw EnvironmentError(fmt::format("the result is not whole: {}", error.what()), remedy);
  }
}

}  // namespace faultline::result
