#include "core/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace faultline {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array kDurations = {Unit{"ns", 1},  Unit{"us", 1e3}, Unit{"ms", 1e6},
                                   Unit{"s", 1e9}, Unit{"m", 60e9}, Unit{"h", 3600e9}};
constexpr std::array kRates = {Unit{"/s", 1}, Unit{"/m", 60}, Unit{"/h", 3600}};  // to divide by
constexpr std::array kRatios = {Unit{"%", 1}};
constexpr std::array kSizes = {Unit{"B", 1},
                               Unit{"KB", 1e3},
                               Unit{"MB", 1e6},
                               Unit{"GB", 1e9},
                               Unit{"KiB", 1024},
                               Unit{"MiB", 1024.0 * 1024},
                               Unit{"GiB", 1024.0 * 1024 * 1024}};

struct Quantity {
  double number;
  double factor;  // of its unit
};

// A number and its unit; nothing when the text is not exactly that.
template <std::size_t N>
std::optional<Quantity> parse(std::string_view text, const std::array<Unit, N>& units) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number) || std::signbit(number)) {
    return std::nullopt;
  }
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  for (const Unit& unit : units) {
    if (name == unit.name) {
      return Quantity{number, unit.factor};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr double kLongest = 100.0 * 365 * 24 * 3600e9;
  const auto read = parse(text, kDurations);
  if (!read || read->number * read->factor > kLongest) {
    return std::nullopt;
  }
  return Duration(std::llround(read->number * read->factor));
}

std::optional<Rate> parse_rate(std::string_view text) {
  const auto read = parse(text, kRates);
  return read ? std::optional(Rate{read->number / read->factor}) : std::nullopt;
}

std::optional<Size> parse_size(std::string_view text) {
  constexpr double kLargest = 0x1.0p62;
  const auto read = parse(text, kSizes);
  const double bytes = read ? read->number * read->factor : 0;
  if (!read || bytes > kLargest || bytes != std::floor(bytes)) {
    return std::nullopt;
  }
  return Size{static_cast<std::uint64_t>(bytes)};
}

std::optional<Ratio> parse_ratio(std::string_view text) {
  if (!parse(text, kRatios)) {
    return std::nullopt;
  }
  // "99.9%" is the double nearest to 0.999, which 99.9 / 100 is not: read it as 99.9e-2.
  const std::string number = std::string(text.substr(0, text.size() - 1)) + "e-2";
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  return Ratio{value};
}

std::string to_text(Duration d) {
  const auto ns = d.count();
  if (ns == 0) {
    return "0s";
  }
  for (auto unit = kDurations.rbegin(); unit != kDurations.rend(); ++unit) {
    const auto factor = static_cast<Duration::rep>(unit->factor);
    if (ns % factor == 0) {
      return fmt::format("{}{}", ns / factor, unit->name);
    }
  }
  return {};  // never: every count is a multiple of 1 ns
}

std::string to_text(Rate rate) {
  return fmt::format("{}/s", rate.per_second);
}

std::string to_text(Size size) {
  for (const auto& [name, factor] :
       {std::pair{"GiB", 1ULL << 30}, std::pair{"MiB", 1ULL << 20}, std::pair{"KiB", 1ULL << 10}}) {
    if (size.bytes != 0 && size.bytes % factor == 0) {
      return fmt::format("{}{}", size.bytes / factor, name);
    }
  }
  return fmt::format("{}B", size.bytes);
}

std::string to_text(Ratio ratio) {
  return fmt::format("{:.10g}%", ratio.value * 100);
}

std::string to_display(Duration d) {
  const double ns = static_cast<double>(d.count());
  const double magnitude = std::abs(ns);
  const auto show = [](double value, const char* unit) {
    const int decimals = std::abs(value) >= 100 ? 0 : std::abs(value) >= 10 ? 1 : 2;
    return fmt::format("{:.{}f} {}", value, decimals, unit);
  };
  if (magnitude >= 60e9) {
    return show(ns / 60e9, "min");
  }
  if (magnitude >= 1e9) {
    return show(ns / 1e9, "s");
  }
  if (magnitude >= 1e6) {
    return show(ns / 1e6, "ms");
  }
  return magnitude == 0 ? "0 s" : show(ns / 1e3, "us");
}

}  // namespace faultline
