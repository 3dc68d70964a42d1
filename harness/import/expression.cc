#include "import/expression.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace faultline::import {
namespace {

using Kind = Expression::Kind;

constexpr std::int64_t kStringLength = 10;  // of $randomString() without a length
constexpr std::int64_t kStringAtMost = 64;
constexpr std::int64_t kNumberAtMost = std::int64_t{1} << 53;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '$';
  });
}

// The name of a variable may be a path into it: "user.id", "rows[0]".
bool is_path(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80 ||
           std::string_view("_$.-[]'\"").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    return std::string(text.substr(1, text.size() - 2));
  }
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && rest == text.data() + text.size() ? std::optional(std::string(text))
                                                                   : std::nullopt;
}

// "$f(1, 6)" -> {1, 6}; "$f" and "$f()" -> {}. Nothing where it is no call of `name` with integers.
std::optional<std::vector<std::int64_t>> arguments(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) {
    return std::nullopt;
  }
  std::string_view list = trimmed(text.substr(name.size()));
  if (list.empty()) {
    return std::vector<std::int64_t>{};
  }
  if (!list.starts_with('(') || !list.ends_with(')')) {
    return std::nullopt;
  }
  list = trimmed(list.substr(1, list.size() - 2));
  std::vector<std::int64_t> numbers;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view one = trimmed(list.substr(0, comma));
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(one.data(), one.data() + one.size(), number);
    if (error != std::errc{} || rest != one.data() + one.size()) {
      return std::nullopt;
    }
    numbers.push_back(number);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return numbers;
}

std::optional<Expression> environment(std::string_view text) {
  for (const std::string_view prefix : {"$processEnvironment", "$env"}) {
    if (!text.starts_with(prefix)) {
      continue;
    }
    std::string_view name = text.substr(prefix.size());
    std::optional<std::string> fallback;
    if (const auto either = name.find("||"); either != std::string_view::npos) {
      fallback = unquoted(trimmed(name.substr(either + 2)));
      if (!fallback) {
        return std::nullopt;
      }
      name = name.substr(0, either);
    }
    name = trimmed(name);
    if (name.starts_with('.')) {
      name.remove_prefix(1);
    } else if (name.size() > 4 && name.starts_with('[') && name.ends_with(']')) {
      name = name.substr(2, name.size() - 4);
    }
    if (is_word(name)) {
      return Expression{Kind::environment, std::string(name), std::move(fallback)};
    }
  }
  return std::nullopt;
}

Expression parse(std::string_view text) {
  const std::string_view all = trimmed(text);
  if (auto found = environment(all)) {
    return *std::move(found);
  }
  if (const auto given = arguments(all, "$randomString"); given && given->size() <= 1) {
    const std::int64_t length = given->empty() ? kStringLength : given->front();
    return {Kind::random_string, std::string(all), {}, 0, std::clamp<std::int64_t>(length, 1, kStringAtMost)};
  }
  if (const auto given = arguments(all, "$randomNumber"); given && given->size() == 2) {
    const auto [least, most] = std::minmax((*given)[0], (*given)[1]);
    if (least >= -kNumberAtMost && most <= kNumberAtMost) {
      return {Kind::random_number, std::string(all), {}, least, most};
    }
  }
  if (const auto given = arguments(all, "$uuid"); given && given->empty()) {
    return {Kind::uuid, std::string(all)};
  }
  return {is_path(all) ? Kind::variable : Kind::other, std::string(all)};
}

}  // namespace

std::vector<Expression> parse_expressions(std::string_view text) {
  constexpr std::string_view kOpen = "{{", kClose = "}}";
  std::vector<Expression> pieces;
  while (!text.empty()) {
    const auto open = text.find(kOpen);
    const auto close = open == std::string_view::npos ? open : text.find(kClose, open + kOpen.size());
    const auto characters = close == std::string_view::npos ? text.size() : open;
    if (characters > 0) {
      pieces.push_back({Kind::text, std::string(text.substr(0, characters))});
    }
    if (close == std::string_view::npos) {
      break;
    }
    pieces.push_back(parse(text.substr(open + kOpen.size(), close - open - kOpen.size())));
    text.remove_prefix(close + kClose.size());
  }
  return pieces;
}

}  // namespace faultline::import
