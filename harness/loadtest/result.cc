#include "loadtest/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/units.h"

namespace faultline::loadtest {
namespace {

using nlohmann::ordered_json;

// A counter's rate is of the time of its phase, where it asks for one.
Duration length_of(const metrics::Threshold& threshold, const std::vector<load::Phase>& phases,
                   Duration lasted) {
  const auto tag = threshold.of.tags.find("phase");
  if (tag == threshold.of.tags.end()) {
    return lasted;
  }
  const auto phase = std::find_if(phases.begin(), phases.end(),
                                  [&](const load::Phase& each) { return each.name == tag->second; });
  return phase == phases.end() ? lasted : phase->length;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

ordered_json number(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json to_json(const metrics::Series& series, Duration lasted) {
  using metrics::Kind;
  ordered_json json;
  switch (series.kind) {
    case Kind::counter:
      json["count"] = series.count;
      json["rate"] = lasted > Duration::zero() ? series.count / seconds(lasted) : 0;
      break;
    case Kind::gauge:
      json["value"] = series.value;
      json["max"] = series.most;
      break;
    case Kind::rate:
      json["rate"] = share(series.passed, series.samples);
      json["passes"] = series.passed;
      json["fails"] = series.samples - series.passed;
      break;
    case Kind::trend:
      json["count"] = series.trend.count();
      json["avg"] = number(series.trend.average());
      json["min"] = number(series.trend.least());
      json["med"] = number(series.trend.percentile(50));
      json["max"] = number(series.trend.most());
      for (const double percent : {90.0, 95.0, 99.0, 99.9}) {
        json[fmt::format("p({:g})", percent)] = number(series.trend.percentile(percent));
      }
      break;
  }
  return json;
}

ordered_json to_json(const metrics::Store& store, Duration lasted) {
  ordered_json json = ordered_json::object();
  for (const auto& [metric, kind] : store.metrics()) {
    ordered_json& one = json[metric];
    one["type"] = to_text(kind);
    one["all"] = to_json(*store.select({metric}), lasted);
    for (const char* tag : {"phase", "name", "check", "status", "error"}) {
      for (const std::string& value : store.values(metric, tag)) {
        one[std::string("by_") + tag][value] = to_json(*store.select({metric, {{tag, value}}}), lasted);
      }
    }
  }
  return json;
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::invalid:
      return "invalid";
  }
  return "";
}

int exit_status(Verdict verdict) {
  return verdict == Verdict::passed ? 0 : verdict == Verdict::failed ? 1 : 4;
}

std::string_view to_text(Level level) {
  switch (level) {
    case Level::target:
      return "target";
    case Level::warning:
      return "warning";
    case Level::critical:
      return "critical";
    case Level::unknown:
      return "unknown";
  }
  return "";
}

Verdict Result::verdict() const {
  const auto any = [&](Verdict wanted) {
    return std::any_of(thresholds.begin(), thresholds.end(),
                       [wanted](const ThresholdResult& each) { return each.verdict == wanted; });
  };
  if (!generator.problems.empty()) {
    return Verdict::invalid;
  }
  return any(Verdict::failed) ? Verdict::failed : any(Verdict::invalid) ? Verdict::invalid : Verdict::passed;
}

ThresholdResult judge(const metrics::Threshold& threshold, const metrics::Store& store,
                      const std::vector<load::Phase>& phases, Duration lasted) {
  ThresholdResult result{.threshold = threshold};
  const auto series = store.select(threshold.of);
  if (series) {
    result.value = metrics::value_of(threshold, *series, length_of(threshold, phases, lasted));
    result.samples =
        static_cast<double>(series->kind == metrics::Kind::trend ? series->trend.count() : series->samples);
  }
  if (!result.value || result.samples < metrics::samples_needed(threshold)) {
    result.verdict = Verdict::invalid;
  } else {
    result.verdict = threshold.comparison.holds(*result.value) ? Verdict::passed : Verdict::failed;
  }
  return result;
}

TargetResult judge(const Target& target, const metrics::Store& store, const std::vector<load::Phase>& phases,
                   Duration lasted) {
  TargetResult result{.target = target};
  const ThresholdResult met = judge(target.target, store, phases, lasted);
  result.value = met.value;
  if (met.value) {
    result.level = target.target.comparison.holds(*met.value)    ? Level::target
                   : target.warning.comparison.holds(*met.value) ? Level::warning
                                                                 : Level::critical;
  }
  return result;
}

void judge(Generator& generator, const load::Validity& validity) {
  const double started = generator.due == 0 ? 1 : share(generator.started, generator.due);
  if (started < validity.started_at_least.value) {
    generator.problems.push_back(
        fmt::format("{} of {} arrivals that were due were not started ({} dropped past the limit of what may "
                    "be in flight): at least {} must be",
                    generator.due - generator.started, generator.due, generator.dropped,
                    faultline::to_text(validity.started_at_least)));
  }
  const double late = share(generator.late, generator.started);
  if (late > validity.late_at_most.value) {
    generator.problems.push_back(fmt::format(
        "{:.1f}% of the arrivals were started more than {} after they were due: at most {} may be",
        late * 100, faultline::to_text(validity.late), faultline::to_text(validity.late_at_most)));
  }
}

ordered_json to_json(const Result& result) {
  ordered_json json = {{"schema", "faultline.load/1"},
                       {"name", result.name},
                       {"title", result.title},
                       {"url", result.url},
                       {"seed", result.seed},
                       {"jobs", result.jobs},
                       {"version", result.version},
                       {"repeat", result.repeat},
                       {"verdict", to_text(result.verdict())},
                       {"interrupted", result.interrupted},
                       {"length", seconds(result.length)},
                       {"lasted", seconds(result.lasted)}};
  for (const load::Phase& phase : result.phases) {
    json["phases"].push_back({{"name", phase.name}, {"length", seconds(phase.length)}});
  }
  const Generator& generator = result.generator;
  json["generator"] = {
      {"planned", generator.planned},
      {"due", generator.due},
      {"started", generator.started},
      {"dropped", generator.dropped},
      {"late", generator.late},
      {"late_p99", generator.late_p99 ? ordered_json(seconds(*generator.late_p99)) : ordered_json(nullptr)},
      {"late_max", seconds(generator.late_most)},
      {"problems", generator.problems}};
  json["notes"] = result.notes;
  json["thresholds"] = ordered_json::array();
  for (const ThresholdResult& each : result.thresholds) {
    json["thresholds"].push_back({{"metric", to_text(each.threshold.of)},
                                  {"threshold", each.threshold.text},
                                  {"verdict", to_text(each.verdict)},
                                  {"value", number(each.value)},
                                  {"samples", each.samples},
                                  {"aborted", each.aborted}});
  }
  json["targets"] = ordered_json::array();
  for (const TargetResult& each : result.targets) {
    json["targets"].push_back({{"metric", to_text(each.target.target.of)},
                               {"target", each.target.target.text},
                               {"warning", each.target.warning.text},
                               {"level", to_text(each.level)},
                               {"value", number(each.value)}});
  }
  json["metrics"] = to_json(result.metrics, result.lasted);
  return json;
}

ordered_json to_json(std::int64_t second, const Second& seen, std::uint64_t due,
                     const load::Counters& counters) {
  const auto milliseconds = [&](double percent) {
    const auto value = seen.latency.percentile(percent);
    return value ? ordered_json(seconds(*value) * 1000) : ordered_json(nullptr);
  };
  ordered_json errors = ordered_json::object();
  for (const auto& [why, count] : seen.errors) {
    errors[why] = count;
  }
  return {{"second", second},
          {"due", due},
          {"started", seen.started},
          {"dropped", seen.dropped},
          {"in_flight", counters.in_flight},
          {"users", counters.users},
          {"requests", seen.requests},
          {"unexpected", seen.unexpected},
          {"errors", std::move(errors)},
          {"checks_failed", seen.checks_failed},
          {"med", milliseconds(50)},
          {"p(95)", milliseconds(95)},
          {"p(99)", milliseconds(99)},
          {"max", milliseconds(100)},
          {"bytes_sent", seen.bytes_sent},
          {"bytes_received", seen.bytes_received}};
}

}  // namespace faultline::loadtest
