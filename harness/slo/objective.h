#pragma once
// A service level objective: which events count, which of them are good, and the share of good ones that is promised.
// docs/slo.md is for those who write them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "core/units.h"

namespace faultline::slo {

/// What can be counted in a run, and what makes one of these good.
struct Indicator {
  enum class Of {
    requests,  // that clients made
    runs,      // that the service has accepted: good when they complete
    webhooks,  // that it was to deliver
  };
  Of of = Of::requests;
  /// Of requests: answered so soon, whatever with. Of webhooks: delivered so soon after the first attempt.
  std::optional<Duration> within{};
  /// Of requests: answered with a status below this one. Without either, a request is good when its answer is one that
  /// its caller expects.
  std::optional<int> status_below{};

  bool operator==(const Indicator&) const = default;
};

struct Objective {
  std::string name;     // "availability"
  std::string summary;  // for people
  Ratio target;         // of the events that are good: below 1, or there is no budget
  Indicator good;
};

/// "requests", "runs", "webhooks".
std::string to_text(Indicator::Of of);

/// An indicator as one word, which is how a YAML file names it (openslo.h): "requests", "requests-within-200ms",
/// "requests-status-below-500", "runs", "webhooks", "webhooks-within-5s".
std::string to_word(const Indicator& indicator);
std::optional<Indicator> parse_indicator(std::string_view word);
/// One of each, for messages.
std::vector<std::string> example_words();

inline constexpr int kStatusFrom = 100, kStatusTo = 600;  // what `status_below` may be
inline constexpr std::string_view kNoBudget = "a target of 100% leaves no budget to spend";

}  // namespace faultline::slo
