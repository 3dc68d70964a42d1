#pragma once
// Quantities as people write them: "200ms", "20/s", "64KiB", "1.5%". Parsing is exact about its grammar (a
// number, then a unit, nothing else) and printing gives the shortest text that parses back to the same value.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace faultline {

struct Rate {
  double per_second = 0;
  auto operator<=>(const Rate&) const = default;
};

struct Size {
  std::uint64_t bytes = 0;
  auto operator<=>(const Size&) const = default;
};

/// A share of a whole: 0.01 is written "1%".
struct Ratio {
  double value = 0;
  auto operator<=>(const Ratio&) const = default;
};

/// ns us ms s m h; not negative; at most 100 years.
std::optional<Duration> parse_duration(std::string_view text);
/// "20/s", "5/m", "1/h".
std::optional<Rate> parse_rate(std::string_view text);
/// B, KiB MiB GiB (powers of 1024), KB MB GB (powers of 1000).
std::optional<Size> parse_size(std::string_view text);
/// "1%", "99.9%".
std::optional<Ratio> parse_ratio(std::string_view text);

std::string to_text(Duration d);
std::string to_text(Rate rate);
std::string to_text(Size size);
std::string to_text(Ratio ratio);

/// A duration for people to read: three significant digits in the unit that suits, "1.23 s", "45 ms".
std::string to_display(Duration d);

}  // namespace faultline
