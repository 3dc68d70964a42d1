#include "metrics/threshold.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.h"
#include "core/units.h"

namespace faultline::metrics {
namespace {

struct Word {
  std::string_view text;
  Aggregate aggregate;
};
// p(N) is none of these: it carries a number.
constexpr Word kWords[] = {{"count", Aggregate::count}, {"rate", Aggregate::rate},
                           {"value", Aggregate::value}, {"avg", Aggregate::avg},
                           {"min", Aggregate::min},     {"med", Aggregate::med},
                           {"max", Aggregate::max}};

bool fits(Aggregate aggregate, Kind kind) {
  switch (kind) {
    case Kind::counter:
      return aggregate == Aggregate::count || aggregate == Aggregate::rate;
    case Kind::gauge:
      return aggregate == Aggregate::value;
    case Kind::rate:
      return aggregate == Aggregate::rate;
    case Kind::trend:
      return aggregate != Aggregate::count && aggregate != Aggregate::rate && aggregate != Aggregate::value;
  }
  return false;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

// "p(95)", at the start of `text`, which is moved past it.
std::optional<double> take_percentile(std::string_view& text) {
  const auto close = text.find(')');
  if (!text.starts_with("p(") || close == std::string_view::npos) {
    return std::nullopt;
  }
  const auto number = parse_number(text.substr(2, close - 2));
  if (!number || *number <= 0 || *number > 100) {
    return std::nullopt;
  }
  text.remove_prefix(close + 1);
  return number;
}

// A bare number, or one with the unit that the kind has.
std::optional<double> parse_target(std::string_view text, Kind kind) {
  if (const auto number = parse_number(text)) {
    return number;
  }
  if (kind == Kind::trend) {
    const auto duration = parse_duration(text);
    return duration ? std::optional(seconds(*duration) * 1000) : std::nullopt;
  }
  if (kind == Kind::rate) {
    const auto share = parse_ratio(text);
    return share ? std::optional(share->value) : std::nullopt;
  }
  if (kind == Kind::counter) {
    const auto rate = parse_rate(text);
    return rate ? std::optional(rate->per_second) : std::nullopt;
  }
  return std::nullopt;
}

void read_one(const Value& value, const Selector& of, Kind kind, std::vector<Threshold>& thresholds) {
  std::optional<Table> table;
  std::optional<Value> text = value;
  if (value.kind() == Value::Kind::table) {
    table = value.table();
    text = table->get("threshold");
    if (!text) {
      return table->missing("threshold");
    }
  }
  if (text->kind() != Value::Kind::text) {
    return text->problem("a threshold is a string such as \"p(95)<200\"");
  }
  auto threshold = parse_threshold(text->text(), kind);
  if (!threshold) {
    static const std::string_view kExamples[] = {"\"count<100\"", "\"value<50\"", "\"rate<1%\"",
                                                 "\"p(95)<200ms\""};
    return text->problem(fmt::format("'{}' is no threshold of a {}", text->text(), to_text(kind)),
                         fmt::format("write it like {}", kExamples[static_cast<std::size_t>(kind)]));
  }
  threshold->of = of;
  if (table) {
    threshold->abort_on_fail = table->boolean("abort_on_fail").value_or(false);
    threshold->delay_abort_eval = table->duration("delay_abort_eval").value_or(Duration::zero());
    table->finish();
  }
  thresholds.push_back(std::move(*threshold));
}

}  // namespace

std::vector<Threshold> read_thresholds(Table& file, const std::vector<std::pair<std::string, Kind>>& known) {
  std::vector<Threshold> thresholds;
  auto table = file.table("thresholds");
  if (!table) {
    return thresholds;
  }
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& [name, kind] : known) {
    names.push_back(name);
  }
  for (const std::string& key : table->keys()) {
    const auto value = table->get(key);
    const auto selector = parse_selector(key);
    if (!selector) {
      table->problem(key, fmt::format("'{}' names no metric", key),
                     "write it like \"http_req_duration{name:create job}\"");
      continue;
    }
    const auto metric = std::find_if(known.begin(), known.end(),
                                     [&](const auto& each) { return each.first == selector->metric; });
    if (metric == known.end()) {
      table->problem(key, fmt::format("there is no metric '{}'", selector->metric),
                     did_you_mean(selector->metric, names));
      continue;
    }
    for (const Value& one :
         value->kind() == Value::Kind::array ? value->array() : std::vector<Value>{*value}) {
      read_one(one, *selector, metric->second, thresholds);
    }
  }
  table->finish();
  return thresholds;
}

std::optional<Threshold> parse_threshold(std::string_view text, Kind kind) {
  Threshold threshold{.text = std::string(text)};
  skip_blanks(text);
  if (const auto percentile = take_percentile(text)) {
    threshold.aggregate = Aggregate::percentile;
    threshold.percentile = *percentile;
  } else {
    const auto word = std::find_if(std::begin(kWords), std::end(kWords),
                                   [&](const Word& each) { return text.starts_with(each.text); });
    if (word == std::end(kWords)) {
      return std::nullopt;
    }
    threshold.aggregate = word->aggregate;
    text.remove_prefix(word->text.size());
  }
  skip_blanks(text);
  const auto comparator = take_comparator(text);
  while (text.ends_with(' ')) {
    text.remove_suffix(1);
  }
  const auto target = parse_target(text, kind);
  if (!comparator || !target || !fits(threshold.aggregate, kind)) {
    return std::nullopt;
  }
  threshold.comparison = {*comparator, *target};
  return threshold;
}

std::optional<double> value_of(const Threshold& threshold, const Series& series, Duration length) {
  switch (threshold.aggregate) {
    case Aggregate::count:
      return series.count;
    case Aggregate::rate:
      if (series.kind == Kind::counter) {
        return length > Duration::zero() ? std::optional(series.count / seconds(length)) : std::nullopt;
      }
      return series.samples == 0
                 ? std::nullopt
                 : std::optional(static_cast<double>(series.passed) / static_cast<double>(series.samples));
    case Aggregate::value:
      return series.samples == 0 ? std::nullopt : std::optional(series.value);
    case Aggregate::avg:
      return series.trend.average();
    case Aggregate::min:
      return series.trend.least();
    case Aggregate::med:
      return series.trend.percentile(50);
    case Aggregate::max:
      return series.trend.most();
    case Aggregate::percentile:
      return series.trend.percentile(threshold.percentile);
  }
  return std::nullopt;
}

double samples_needed(const Threshold& threshold) {
  constexpr double kBeyond = 10;
  return threshold.aggregate == Aggregate::percentile && threshold.percentile < 100
             ? kBeyond * 100 / (100 - threshold.percentile)
             : 0;
}

std::string display(const Threshold& threshold, double value) {
  switch (threshold.aggregate) {
    case Aggregate::count:
    case Aggregate::value:
      return fmt::format("{:g}", value);
    case Aggregate::rate:
      return value <= 1 ? fmt::format("{:.2f}%", value * 100) : fmt::format("{:.1f}/s", value);
    default:
      return value < 10 ? fmt::format("{:.2f} ms", value) : fmt::format("{:.0f} ms", value);
  }
}

}  // namespace faultline::metrics
