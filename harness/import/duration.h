#pragma once
// How long something takes, as a script writes it: a number of seconds, or "500ms", "2 minutes".

#include <optional>
#include <string>

#include "core/time.h"
#include "import/yaml.h"

namespace faultline::import {

inline constexpr Duration kLongest = std::chrono::hours(24);

/// Nothing where it is no length of time, or is negative or longer than a day.
std::optional<Duration> to_duration(const Yaml& value);

}  // namespace faultline::import
