#include "protocol/pattern.h"

#include <algorithm>

namespace faultline::protocol {
namespace {

constexpr std::size_t kLongestWord = 48;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// v1, v12
bool is_version(std::string_view segment) {
  return segment.size() <= 3 && segment.starts_with('v') && digits(segment.substr(1));
}

// 2024-01
bool is_month(std::string_view segment) {
  return segment.size() == 7 && segment[4] == '-' && digits(segment.substr(0, 4)) &&
         digits(segment.substr(5));
}

bool is_word(std::string_view segment) {
  if (segment.size() > kLongestWord) {
    return false;
  }
  const bool plain = std::all_of(segment.begin(), segment.end(),
                                 [](char c) { return c > ' ' && c <= '~' && c != '*' && !is_digit(c); });
  return plain || is_version(segment) || is_month(segment);
}

void append_segment(std::string& to, std::string_view segment) {
  if (is_word(segment)) {
    to += segment;
    return;
  }
  to += '*';
  const std::size_t dot = segment.rfind('.');
  if (dot != std::string_view::npos && dot + 1 < segment.size() && is_word(segment.substr(dot + 1))) {
    to += segment.substr(dot);
  }
}

}  // namespace

void append_pattern(std::string& to, std::string_view text, char separator) {
  while (true) {
    const std::size_t end = text.find(separator);
    append_segment(to, text.substr(0, end));
    if (end == std::string_view::npos) {
      return;
    }
    to += separator;
    text.remove_prefix(end + 1);
  }
}

}  // namespace faultline::protocol
