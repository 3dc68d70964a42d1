#include "slo/objective.h"

#include <fmt/format.h>

#include <charconv>

#include "core/assert.h"

namespace faultline::slo {
namespace {

constexpr std::string_view kWithin = "-within-";
constexpr std::string_view kStatusBelow = "-status-below-";

std::optional<int> parse_status(std::string_view text) {
  int status = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool whole = error == std::errc{} && rest == text.data() + text.size();
  return whole && status >= kStatusFrom && status <= kStatusTo ? std::optional(status) : std::nullopt;
}

}  // namespace

std::string to_text(Indicator::Of of) {
  switch (of) {
    case Indicator::Of::requests:
      return "requests";
    case Indicator::Of::runs:
      return "runs";
    case Indicator::Of::webhooks:
      return "webhooks";
  }
  FAULTLINE_ASSERT(false, "events without a name");
}

std::string to_word(const Indicator& indicator) {
  std::string word = to_text(indicator.of);
  if (indicator.within) {
    word += fmt::format("{}{}", kWithin, faultline::to_text(*indicator.within));
  }
  if (indicator.status_below) {
    word += fmt::format("{}{}", kStatusBelow, *indicator.status_below);
  }
  return word;
}

std::optional<Indicator> parse_indicator(std::string_view word) {
  const std::string_view of = word.substr(0, word.find('-'));
  const std::string_view rest = word.substr(of.size());
  Indicator indicator;
  bool known = false;
  for (const auto each : {Indicator::Of::requests, Indicator::Of::runs, Indicator::Of::webhooks}) {
    if (of == to_text(each)) {
      indicator.of = each;
      known = true;
    }
  }
  if (!known) {
    return std::nullopt;
  }
  if (rest.empty()) {
    return indicator;
  }
  if (rest.starts_with(kWithin) && indicator.of != Indicator::Of::runs) {
    indicator.within = parse_duration(rest.substr(kWithin.size()));
    return indicator.within ? std::optional(indicator) : std::nullopt;
  }
  if (rest.starts_with(kStatusBelow) && indicator.of == Indicator::Of::requests) {
    indicator.status_below = parse_status(rest.substr(kStatusBelow.size()));
    return indicator.status_below ? std::optional(indicator) : std::nullopt;
  }
  return std::nullopt;
}

std::vector<std::string> example_words() {
  return {"requests", "requests-within-200ms", "requests-status-below-500", "runs",
          "webhooks", "webhooks-within-5s"};
}

}  // namespace faultline::slo
