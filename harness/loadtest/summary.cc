#include "loadtest/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"

namespace faultline::loadtest {
namespace {

constexpr std::size_t kNameAtMost = 22;  // so that a row has at most 80 columns

std::string paint(bool colour, const char* code, const std::string& text) {
  return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

// What tells routes apart is more often at their end.
std::string shortened(const std::string& name) {
  constexpr std::size_t kHead = 6;
  return name.size() <= kNameAtMost
             ? name
             : name.substr(0, kHead) + "~" + name.substr(name.size() - (kNameAtMost - kHead - 1));
}

std::string milliseconds(const std::optional<double>& value) {
  return value ? to_display(from_seconds(*value / 1000)) : "-";
}

std::string percent(const metrics::Series& series) {
  return series.samples == 0 ? "-"
                             : fmt::format("{:.2f}%", 100 * static_cast<double>(series.passed) /
                                                          static_cast<double>(series.samples));
}

std::string bytes(double count) {
  static constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; count >= 1000 && unit + 1 < std::size(kUnits); ++unit) {
    count /= 1000;
  }
  return fmt::format("{:.3g} {}", count, kUnits[unit]);
}

std::string latency_row(const std::string& name, std::size_t width, const metrics::Store& store,
                        const metrics::Tags& tags, Duration length) {
  const auto reqs = store.select({"http_reqs", tags});
  const auto failed = store.select({"http_req_failed", tags});
  const auto duration = store.select({"http_req_duration", tags});
  const metrics::Trend none;
  const metrics::Trend& trend = duration ? duration->trend : none;
  return fmt::format("  {:<{}} {:>9.0f} {:>8.1f} {:>8} {:>8} {:>8} {:>8}\n", shortened(name), width,
                     reqs ? reqs->count : 0,
                     reqs && length > Duration::zero() ? reqs->count / seconds(length) : 0,
                     milliseconds(trend.percentile(50)), milliseconds(trend.percentile(95)),
                     milliseconds(trend.percentile(99)), failed ? percent(*failed) : "-");
}

std::string latency_table(const Result& result) {
  const std::vector<std::string> names = result.metrics.values("http_reqs", "name");
  std::size_t width = 8;
  for (const load::Phase& phase : result.phases) {
    width = std::max(width, shortened(phase.name).size());
  }
  for (const std::string& name : names) {
    width = std::max(width, shortened(name).size());
  }
  std::string text = fmt::format("  {:<{}} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "", width, "requests",
                                 "per s", "p50", "p95", "p99", "failed");
  text += latency_row("all", width, result.metrics, {}, result.lasted);
  if (result.phases.size() > 1) {
    for (const load::Phase& phase : result.phases) {
      text += latency_row(phase.name, width, result.metrics, {{"phase", phase.name}}, phase.length);
    }
  }
  text += "\n";
  for (const std::string& name : names) {
    text += latency_row(name, width, result.metrics, {{"name", name}}, result.lasted);
  }
  return text;
}

std::string errors(const metrics::Store& store) {
  std::string text;
  for (const std::string& why : store.values("http_reqs", "error")) {
    text +=
        fmt::format("  {:>9.0f}  no answer: {}\n", store.select({"http_reqs", {{"error", why}}})->count, why);
  }
  for (const std::string& status : store.values("http_reqs", "status")) {
    const auto unexpected = store.select({"http_reqs", {{"status", status}, {"expected_response", "false"}}});
    if (unexpected) {
      text +=
          fmt::format("  {:>9.0f}  answered {}, which the flow does not expect\n", unexpected->count, status);
    }
  }
  return text;
}

std::string checks(const metrics::Store& store, bool colour) {
  std::string text;
  for (const std::string& check : store.values("checks", "check")) {
    const auto series = store.select({"checks", {{"check", check}}});
    const bool all = series->passed == series->samples;
    text +=
        fmt::format("  {} {} ({} of {})\n", all ? paint(colour, "32", "ok  ") : paint(colour, "31", "fail"),
                    check, series->passed, series->samples);
  }
  return text;
}

std::string own_metrics(const Result& result, const std::vector<std::string>& builtin) {
  std::string text;
  for (const auto& [metric, kind] : result.metrics.metrics()) {
    if (std::find(builtin.begin(), builtin.end(), metric) != builtin.end()) {
      continue;
    }
    const auto series = result.metrics.select({metric});
    switch (kind) {
      case metrics::Kind::rate:
        text += fmt::format("  {:<34} {} ({} of {})\n", metric, percent(*series), series->passed,
                            series->samples);
        break;
      case metrics::Kind::trend:
        text +=
            fmt::format("  {:<34} avg {}, p95 {}, max {}\n", metric, milliseconds(series->trend.average()),
                        milliseconds(series->trend.percentile(95)), milliseconds(series->trend.most()));
        break;
      case metrics::Kind::counter:
      case metrics::Kind::gauge:
        text += fmt::format("  {:<34} {:g}\n", metric,
                            kind == metrics::Kind::gauge ? series->value : series->count);
        break;
    }
  }
  return text;
}

std::string thresholds(const Result& result, bool colour) {
  std::string text;
  for (const ThresholdResult& each : result.thresholds) {
    const std::string mark = each.verdict == Verdict::passed   ? paint(colour, "32", "ok  ")
                             : each.verdict == Verdict::failed ? paint(colour, "31", "FAIL")
                                                               : paint(colour, "33", "VOID");
    std::string actual = each.value ? metrics::display(each.threshold, *each.value) : "no sample";
    if (each.verdict == Verdict::invalid && each.value) {
      actual += fmt::format(" of {:.0f} samples: {:.0f} are needed", each.samples,
                            metrics::samples_needed(each.threshold));
    }
    text += fmt::format("  {} {} {}: {}{}\n", mark, to_text(each.threshold.of), each.threshold.text, actual,
                        each.aborted ? ", which ended the run" : "");
  }
  return text;
}

std::string targets(const Result& result, bool colour) {
  std::string text = fmt::format("  {:<22} {:>12} {:>12} {:>12}\n", "", "target", "warning", "actual");
  for (const TargetResult& each : result.targets) {
    const char* code = each.level == Level::target ? "32" : each.level == Level::warning ? "33" : "31";
    const std::string level = each.level == Level::unknown ? "no sample" : std::string(to_text(each.level));
    text += fmt::format("  {:<22} {:>12} {:>12} {:>12}  {}\n", shortened(to_text(each.target.target.of)),
                        each.target.target.text, each.target.warning.text,
                        each.value ? metrics::display(each.target.target, *each.value) : "-",
                        paint(colour, code, level));
  }
  return text;
}

std::string block(const char* title, const std::string& text) {
  return text.empty() ? "" : fmt::format("\n{}\n{}", title, text);
}

std::string verdict_line(const Result& result, bool colour) {
  const auto failed = std::count_if(result.thresholds.begin(), result.thresholds.end(),
                                    [](const auto& each) { return each.verdict == Verdict::failed; });
  switch (result.verdict()) {
    case Verdict::passed:
      return paint(colour, "32",
                   result.thresholds.empty()
                       ? "done"
                       : fmt::format("passed: {} of {} thresholds hold", result.thresholds.size(),
                                     result.thresholds.size()));
    case Verdict::failed:
      return paint(colour, "31",
                   fmt::format("FAILED: {} of {} thresholds do not hold", failed, result.thresholds.size()));
    case Verdict::invalid:
      return paint(colour, "33", "INVALID: this run says nothing about the service");
  }
  return "";
}

}  // namespace

std::string summary(const Result& result, bool colour) {
  std::vector<std::string> builtin;
  for (const auto& [name, kind] : known_metrics({})) {
    builtin.push_back(name);
  }
  const metrics::Store& store = result.metrics;
  std::string text = latency_table(result);
  text += block("errors", errors(store));
  text += block("checks", checks(store, colour));
  text += block("measures", own_metrics(result, builtin));

  const auto amount = [&](const char* metric) {
    const auto series = store.select({metric});
    return series ? series->count : 0;
  };
  const Generator& generator = result.generator;
  text += fmt::format(
      "\n  {:.0f} journeys, {} dropped; {} sent, {} received; started at most {} late (p99 {})\n",
      amount("iterations"), generator.dropped, bytes(amount("data_sent")), bytes(amount("data_received")),
      to_display(generator.late_most), generator.late_p99 ? to_display(*generator.late_p99) : "-");
  text += block("target, warning and critical", result.targets.empty() ? "" : targets(result, colour));
  text += block("thresholds", thresholds(result, colour));
  std::string problems;
  for (const std::string& problem : generator.problems) {
    problems += fmt::format("  {}\n", problem);
  }
  text += block("the generator did not keep up", problems);
  std::string notes;
  for (const std::string& note : result.notes) {
    notes += fmt::format("  {}\n", note);
  }
  text += block("notes", notes);
  text += fmt::format("\n{}\n", verdict_line(result, colour));
  return text;
}

}  // namespace faultline::loadtest
