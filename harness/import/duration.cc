#include "import/duration.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace faultline::import {
namespace {

struct Unit {
  std::string_view name;
  double seconds;
};
constexpr Unit kUnits[] = {{"", 1},         {"ms", 0.001},  {"msec", 0.001}, {"s", 1},       {"sec", 1},
                           {"second", 1},   {"seconds", 1}, {"m", 60},       {"min", 60},    {"minute", 60},
                           {"minutes", 60}, {"h", 3600},    {"hour", 3600},  {"hours", 3600}};

}  // namespace

std::optional<Duration> to_duration(const Yaml& value) {
  if (value.kind != Yaml::Kind::text) {
    return std::nullopt;
  }
  const char* const end = value.text.data() + value.text.size();
  double number = 0;
  const auto [rest, error] = std::from_chars(value.text.data(), end, number);
  std::string_view name(rest, static_cast<std::size_t>(end - rest));
  while (name.starts_with(' ')) {
    name.remove_prefix(1);
  }
  for (const Unit& unit : kUnits) {
    if (error == std::errc{} && name == unit.name && number >= 0 &&
        number * unit.seconds <= seconds(kLongest)) {
      // No script means less than a microsecond.
      return std::chrono::round<std::chrono::microseconds>(
          std::chrono::duration<double>(number * unit.seconds));
    }
  }
  return std::nullopt;
}

}  // namespace faultline::import
