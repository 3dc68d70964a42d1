#include "metrics/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/assert.h"

namespace faultline::metrics {
namespace {

bool has(const Tags& tags, const Tags& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& each) {
    const auto found = tags.find(each.first);
    return found != tags.end() && found->second == each.second;
  });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::gauge:
      return "gauge";
    case Kind::rate:
      return "rate";
    case Kind::trend:
      return "trend";
  }
  return "";
}

void Series::add(double amount) {
  ++samples;
  count += amount;
}

void Series::set(double level) {
  most = samples == 0 ? level : std::max(most, level);
  ++samples;
  value = level;
}

void Series::pass(bool whether) {
  ++samples;
  passed += whether ? 1 : 0;
}

void Series::merge(const Series& other) {
  FAULTLINE_ASSERT(kind == other.kind, "series of one metric are of one kind");
  count += other.count;
  value += other.value;  // users of several threads are so many users
  most += other.most;
  passed += other.passed;
  samples += other.samples;
  trend.merge(other.trend);
}

std::string to_text(const Selector& selector) {
  std::string text = selector.metric;
  char mark = '{';
  for (const auto& [name, value] : selector.tags) {
    text += fmt::format("{}{}:{}", mark, name, value);
    mark = ',';
  }
  return selector.tags.empty() ? text : text + "}";
}

std::optional<Selector> parse_selector(std::string_view text) {
  const auto brace = text.find('{');
  Selector selector{.metric = std::string(trimmed(text.substr(0, brace)))};
  if (selector.metric.empty()) {
    return std::nullopt;
  }
  if (brace == std::string_view::npos) {
    return selector;
  }
  std::string_view rest = trimmed(text.substr(brace + 1));
  if (!rest.ends_with('}')) {
    return std::nullopt;
  }
  rest.remove_suffix(1);
  while (true) {
    const auto comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    const auto colon = one.find(':');
    if (colon == std::string_view::npos || trimmed(one.substr(0, colon)).empty()) {
      return std::nullopt;
    }
    selector.tags[std::string(trimmed(one.substr(0, colon)))] = trimmed(one.substr(colon + 1));
    if (comma == std::string_view::npos) {
      return selector;
    }
    rest.remove_prefix(comma + 1);
  }
}

Series& Store::series(Kind kind, const std::string& metric, const Tags& tags) {
  std::unique_ptr<Series>& place = series_[metric][tags];
  if (!place) {
    place = std::make_unique<Series>();
    place->kind = kind;
  }
  FAULTLINE_ASSERT(place->kind == kind, "a metric is of one kind");
  return *place;
}

std::optional<Series> Store::select(const Selector& selector) const {
  std::optional<Series> sum;
  const auto found = series_.find(selector.metric);
  if (found == series_.end()) {
    return sum;
  }
  for (const auto& [tags, one] : found->second) {
    if (has(tags, selector.tags)) {
      if (!sum) {
        sum.emplace().kind = one->kind;
      }
      sum->merge(*one);
    }
  }
  return sum;
}

std::vector<std::string> Store::values(const std::string& metric, const std::string& tag) const {
  std::set<std::string> values;
  if (const auto found = series_.find(metric); found != series_.end()) {
    for (const auto& [tags, one] : found->second) {
      if (const auto value = tags.find(tag); value != tags.end()) {
        values.insert(value->second);
      }
    }
  }
  return {values.begin(), values.end()};
}

std::vector<std::pair<std::string, Kind>> Store::metrics() const {
  std::vector<std::pair<std::string, Kind>> metrics;
  for (const auto& [metric, by_tags] : series_) {
    if (!by_tags.empty()) {
      metrics.emplace_back(metric, by_tags.begin()->second->kind);
    }
  }
  return metrics;
}

void Store::merge(const Store& other) {
  for (const auto& [metric, by_tags] : other.series_) {
    for (const auto& [tags, one] : by_tags) {
      series(one->kind, metric, tags).merge(*one);
    }
  }
}

}  // namespace faultline::metrics
