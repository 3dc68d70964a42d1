#include "load/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace faultline::load {
namespace {

// As Prometheus and k6 have them.
bool is_metric_name(const std::string& name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

std::optional<Measure> read_measure(Table& table) {
  static const std::vector<std::string> kKinds = {"rate", "trend", "counter"};
  Measure measure;
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return table.has(k); });
  if (kind == kKinds.end()) {
    table.problem("rate", "a measure is a 'rate', a 'trend' or a 'counter'",
                  table.empty() ? "" : did_you_mean(table.keys().front(), kKinds));
    return std::nullopt;
  }
  static constexpr metrics::Kind kOf[] = {metrics::Kind::rate, metrics::Kind::trend, metrics::Kind::counter};
  measure.kind = kOf[kind - kKinds.begin()];
  measure.metric = table.required_text(*kind);
  if (!is_metric_name(measure.metric)) {
    table.problem(*kind, fmt::format("'{}' cannot be the name of a metric", measure.metric),
                  "use letters, digits and _");
  }
  switch (measure.kind) {
    case metrics::Kind::rate:
      measure.at = read_source_in(table);
      measure.in = table.texts("in");
      break;
    case metrics::Kind::trend:
      measure.at = read_source_in(table);
      measure.since = table.text("since").value_or("");
      if (measure.at && !measure.since.empty()) {
        table.problem("since", "a trend is either of a time or of a number in the answer");
      }
      break;
    case metrics::Kind::gauge:
      break;  // a flow has none
    case metrics::Kind::counter: {
      const auto when = table.one_of("when", {"always", "passed", "failed"});
      measure.when = when == "passed"   ? Measure::When::passed
                     : when == "failed" ? Measure::When::failed
                                        : Measure::When::always;
      break;
    }
  }
  table.finish();
  return measure;
}

}  // namespace

std::vector<Measure> read_measures(Table& table) {
  std::vector<Measure> measures;
  for (Table& each : table.tables("measure")) {
    if (auto measure = read_measure(each)) {
      measures.push_back(std::move(*measure));
    }
  }
  return measures;
}

}  // namespace faultline::load
