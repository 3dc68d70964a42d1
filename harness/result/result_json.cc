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

}  // namespace

ordered_json to_json(const Result& result) {
  return {{"schema", kSchema},
          {"scenario", result.scenario},
          {"title", result.title},
          {"version", result.version},
          {"seed", result.seed},
          {"repeat", result.repeat},
          {"directory", result.directory},
          {"verdict", to_text(result.verdict)},
          {"checks", list(result.checks)},
          {"stopped", result.stopped},
          {"phases", list(result.phases)},
          {"recovery", optional_seconds(result.recovery)},
          {"budget_spent", result.budget_spent ? ordered_json(*result.budget_spent) : ordered_json(nullptr)},
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
            .repeat = json.at("repeat"),
            .directory = json.at("directory"),
            .verdict = verdict_of(json.at("verdict")),
            .checks = list_from(json.at("checks"), &check_from),
            .stopped = json.value("stopped", false),
            .phases = list_from(json.at("phases"), &phase_from),
            .recovery = optional_duration(json.at("recovery")),
            .budget_spent = budget.is_null() ? std::nullopt : std::optional(budget.get<double>()),
            .causes = causes_from(json.at("causes")),
            .start_up = list_from(json.at("start_up"), &start_up_from),
            .ready_after = from_seconds(json.at("ready_after").get<double>())};
  } catch (const ordered_json::exception& error) {
    throw EnvironmentError(fmt::format("the result is not whole: {}", error.what()), remedy);
  }
}

}  // namespace faultline::result
