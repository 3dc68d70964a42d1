#include "load/set_cookie.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>

#include "http/message.h"

namespace faultline::load {
namespace {

using std::chrono::seconds;

constexpr std::size_t kPairBytes = 4096, kAttributeBytes = 1024;
constexpr seconds kAgeAtMost = std::chrono::days(400);

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// What stands before the mark, which `text` is moved past.
std::string_view take_until(std::string_view& text, char mark) {
  const std::string_view taken = text.substr(0, text.find(mark));
  text.remove_prefix(std::min(text.size(), taken.size() + 1));
  return taken;
}

// A number of so many digits, which `text` is moved past; no digit may follow.
std::optional<int> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    ++digits;
  }
  if (digits < least || digits > most) {
    return std::nullopt;
  }
  int number = 0;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return number;
}

std::optional<seconds> parse_time(std::string_view token) {
  int parts[3] = {};
  for (int& part : parts) {
    const bool first = &part == &parts[0];
    if (!first && !token.starts_with(':')) {
      return std::nullopt;
    }
    token.remove_prefix(first ? 0 : 1);
    const auto number = take_number(token, 1, 2);
    if (!number) {
      return std::nullopt;
    }
    part = *number;
  }
  constexpr int kHours = 23, kMinutes = 59;
  if (parts[0] > kHours || parts[1] > kMinutes || parts[2] > kMinutes) {
    return std::nullopt;
  }
  return std::chrono::hours(parts[0]) + std::chrono::minutes(parts[1]) + seconds(parts[2]);
}

std::optional<unsigned> parse_month(std::string_view token) {
  static constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                               "jul", "aug", "sep", "oct", "nov", "dec"};
  constexpr std::size_t kLetters = 3;
  const auto month = std::find_if(kMonths.begin(), kMonths.end(), [&](std::string_view each) {
    return http::same_ignoring_case(each, token.substr(0, kLetters));
  });
  return month == kMonths.end() ? std::nullopt
                                : std::optional(static_cast<unsigned>(month - kMonths.begin()) + 1);
}

std::optional<int> parse_day(std::string_view token) {
  return take_number(token, 1, 2);
}

// 5.1.1, step 3 and 4: two digits are of 1970 to 2069.
std::optional<int> parse_year(std::string_view token) {
  constexpr int kThisCentury = 70, kCentury = 100;
  const auto year = take_number(token, 2, 4);
  if (!year || *year >= kCentury) {
    return year;
  }
  return *year + (*year < kThisCentury ? 2000 : 1900);
}

// Each part of a date is of the first token that fits it and nothing before it.
template <typename Part>
bool fills(std::optional<Part>& part, std::optional<Part> parsed) {
  if (part || !parsed) {
    return false;
  }
  part = parsed;
  return true;
}

bool is_delimiter(char c) {
  return c == '\t' || (c >= 0x20 && c <= 0x2F) || (c >= 0x3B && c <= 0x40) || (c >= 0x5B && c <= 0x60) ||
         (c >= 0x7B && c <= 0x7E);
}

// 5.2.2: an optional minus, and digits.
std::optional<seconds> parse_age(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::nullopt;
  }
  std::int64_t age = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), age);
  return negative ? seconds(0) : error == std::errc() ? std::min(seconds(age), kAgeAtMost) : kAgeAtMost;
}

void take_attribute(std::string_view attribute, SetCookie& cookie) {
  const std::string_view name = trimmed(take_until(attribute, '='));
  const std::string_view value = trimmed(attribute);
  if (value.size() > kAttributeBytes) {
    return;
  }
  const auto is = [&](std::string_view known) { return http::same_ignoring_case(name, known); };
  if (is("expires")) {
    const auto date = parse_cookie_date(value);
    cookie.expires = date ? date : cookie.expires;
  } else if (is("max-age")) {
    const auto age = parse_age(value);
    cookie.max_age = age ? age : cookie.max_age;
  } else if (is("domain") && !value.empty()) {
    cookie.domain = value.substr(value.starts_with('.') ? 1 : 0);
    std::transform(cookie.domain.begin(), cookie.domain.end(), cookie.domain.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  } else if (is("path")) {
    cookie.path = value.starts_with('/') ? value : std::string_view{};
  } else if (is("secure")) {
    cookie.secure = true;
  }
}

}  // namespace

std::optional<SetCookie> parse_set_cookie(std::string_view field) {
  const bool control = std::any_of(field.begin(), field.end(),
                                   [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
  const std::string_view pair = take_until(field, ';');
  const auto equals = pair.find('=');
  if (control || equals == std::string_view::npos) {
    return std::nullopt;
  }
  SetCookie cookie{.name = std::string(trimmed(pair.substr(0, equals))),
                   .value = std::string(trimmed(pair.substr(equals + 1)))};
  if (cookie.name.empty() || cookie.name.size() + cookie.value.size() > kPairBytes) {
    return std::nullopt;
  }
  while (!field.empty()) {
    take_attribute(take_until(field, ';'), cookie);
  }
  return cookie;
}

std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text) {
  std::optional<seconds> time;
  std::optional<int> day, year;
  std::optional<unsigned> month;
  while (!text.empty()) {
    const std::string_view token(text.begin(), std::find_if(text.begin(), text.end(), is_delimiter));
    text.remove_prefix(std::min(text.size(), token.size() + 1));
    static_cast<void>(fills(time, parse_time(token)) || fills(day, parse_day(token)) ||
                      fills(month, parse_month(token)) || fills(year, parse_year(token)));
  }
  constexpr int kFirstYear = 1601;
  if (!time || !day || !month || !year || *year < kFirstYear) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(std::chrono::sys_days(date) + *time) : std::nullopt;
}

}  // namespace faultline::load
