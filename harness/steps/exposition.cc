#include "steps/exposition.h"

#include <algorithm>
#include <charconv>

namespace faultline::steps {
namespace {

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

bool is_name_character(char c, bool first) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  return letter || (!first && c >= '0' && c <= '9');
}

// A metric's or a label's name at the start of `text`; empty when there is none.
std::string take_name(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_name_character(text[length], length == 0)) {
    ++length;
  }
  std::string name(text.substr(0, length));
  text.remove_prefix(length);
  return name;
}

// A quoted label value; \\ \" and \n are its escapes.
std::optional<std::string> take_quoted(std::string_view& text) {
  if (!take(text, '"')) {
    return std::nullopt;
  }
  std::string value;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"') {
      return value;
    }
    if (c == '\\' && !text.empty()) {
      value.push_back(text.front() == 'n' ? '\n' : text.front());
      text.remove_prefix(1);
    } else {
      value.push_back(c);
    }
  }
  return std::nullopt;
}

// What stands between { and }; absent: none. Nothing when it is malformed.
std::optional<Labels> take_labels(std::string_view& text) {
  Labels labels;
  if (!take(text, '{')) {
    return labels;
  }
  for (;;) {
    skip_blanks(text);
    if (take(text, '}')) {
      return labels;
    }
    std::string name = take_name(text);
    skip_blanks(text);
    if (name.empty() || !take(text, '=')) {
      return std::nullopt;
    }
    skip_blanks(text);
    auto value = take_quoted(text);
    if (!value) {
      return std::nullopt;
    }
    labels.emplace_back(std::move(name), std::move(*value));
    skip_blanks(text);
    if (!take(text, ',') && !text.starts_with('}')) {
      return std::nullopt;
    }
  }
}

// A name and labels at the start of `text`: what a selector is, and how a sample begins.
std::optional<Selector> take_selector(std::string_view& text) {
  skip_blanks(text);
  Selector selector{take_name(text), {}};
  if (selector.name.empty()) {
    return std::nullopt;
  }
  skip_blanks(text);
  auto labels = take_labels(text);
  if (!labels) {
    return std::nullopt;
  }
  selector.labels = std::move(*labels);
  skip_blanks(text);
  return selector;
}

bool names(const Selector& selector, const Selector& series) {
  return selector.name == series.name &&
         std::all_of(selector.labels.begin(), selector.labels.end(), [&](const auto& label) {
           return std::find(series.labels.begin(), series.labels.end(), label) != series.labels.end();
         });
}

// The value at the start of `text`; a timestamp may follow it. "+Inf", "-Inf" and "NaN" are values.
std::optional<double> value_at(std::string_view text) {
  take(text, '+');
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<Selector> parse_selector(std::string_view text) {
  auto selector = take_selector(text);
  return text.empty() ? selector : std::nullopt;
}

std::optional<double> sum_of(const Selector& selector, std::string_view exposition) {
  std::optional<double> sum;
  while (!exposition.empty()) {
    const auto end = exposition.find('\n');
    std::string_view line = exposition.substr(0, end);
    exposition.remove_prefix(end == std::string_view::npos ? exposition.size() : end + 1);
    const auto series = take_selector(line);  // a comment's # is no name
    const auto value = series && names(selector, *series) ? value_at(line) : std::nullopt;
    if (value) {
      sum = sum.value_or(0) + *value;
    }
  }
  return sum;
}

}  // namespace faultline::steps
