#include "import/thresholds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

#include "import/fields.h"
#include "import/toml_text.h"

namespace faultline::import {
namespace {

// "p95" -> "p(95)", "p999" -> "p(99.9)", "median" -> "med".
std::optional<std::string> aggregate(std::string_view name) {
  if (name == "min" || name == "max") {
    return std::string(name);
  }
  if (name == "median" || name == "mean") {
    return name == "median" ? "med" : "avg";
  }
  const std::string_view digits = name.substr(std::min<std::size_t>(name.size(), 1));
  constexpr std::size_t kDigitsAtMost = 5;
  if (!name.starts_with('p') || digits.empty() || digits.size() > kDigitsAtMost || digits.front() == '0' ||
      !std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
    return std::nullopt;
  }
  return digits.size() <= 2 ? fmt::format("p({})", digits)
                            : fmt::format("p({}.{})", digits.substr(0, 2), digits.substr(2));
}

struct Trend {
  std::string_view artillery, ours;
};
constexpr Trend kTrends[] = {{"http.response_time.", "http_req_duration"},
                             {"vusers.session_length.", "iteration_duration"}};

std::optional<std::string> number_of(const Yaml& value) {
  const auto number = value.number();
  return number && *number >= 0 && *number <= 1e9
             ? std::optional(fmt::format("{}", std::round(*number * 1e3) / 1e3))
             : std::nullopt;
}

}  // namespace

void Thresholds::add(const std::string& metric, const std::string& threshold) {
  auto found = std::find_if(thresholds_.begin(), thresholds_.end(),
                            [&](const auto& each) { return each.first == metric; });
  if (found == thresholds_.end()) {
    found = thresholds_.insert(found, {metric, {}});
  }
  found->second.push_back(in_quotes(threshold));
}

void Thresholds::read_metric(const Member& member, std::vector<Note>& notes) {
  const auto number = number_of(member.value);
  for (const Trend& trend : kTrends) {
    const auto of = member.name.starts_with(trend.artillery)
                        ? aggregate(std::string_view(member.name).substr(trend.artillery.size()))
                        : std::nullopt;
    if (number && of) {
      return add(std::string(trend.ours), fmt::format("{}<{}", *of, *number));
    }
  }
  notes.push_back({member.line, fmt::format("threshold '{}'", member.name),
                   "has no counterpart: see which metrics a load test has, and write it into [thresholds]"});
}

void Thresholds::read(const Yaml& ensure, std::vector<Note>& notes) {
  Fields fields(ensure, "ensure", notes);
  for (const Member& member : ensure.members) {
    const auto of = aggregate(member.name);
    if (!of) {
      continue;
    }
    const Yaml* value = fields.get(member.name);
    const auto number = value ? number_of(*value) : std::nullopt;
    if (number) {
      add("http_req_duration", fmt::format("{}<={}", *of, *number));
    } else {
      fields.note(member.name, "is no number of milliseconds");
    }
  }
  if (const Yaml* errors = fields.get("maxErrorRate")) {
    const auto number = number_of(*errors);
    if (number && *errors->number() <= 100) {
      add("http_req_failed", fmt::format("rate<={}%", *number));
    } else {
      fields.note("maxErrorRate", "is no number of per cent");
    }
  }
  if (const Yaml* thresholds = fields.get("thresholds")) {
    for (const Yaml* one : as_list(*thresholds)) {
      if (one->kind != Yaml::Kind::map) {
        notes.push_back({one->line, "a threshold", "should be a metric and a number, and is left out"});
      }
      for (const Member& member : one->members) {
        read_metric(member, notes);
      }
    }
  }
  if (fields.get("conditions")) {
    fields.note("conditions", "a threshold is of one metric: write what they say into [thresholds]");
  }
  fields.finish();
}

std::string Thresholds::to_toml() const {
  std::string text;
  for (const auto& [metric, thresholds] : thresholds_) {
    text += fmt::format("{} = {}\n", metric, array(thresholds));
  }
  return text.empty() ? text : "\n[thresholds]\n" + text;
}

}  // namespace faultline::import
