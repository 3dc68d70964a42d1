#include "http/route.h"

#include <algorithm>

#include "http/message.h"

namespace faultline::http {
namespace {

// Takes the text before the next '/', and that '/', off the front.
std::string_view next_segment(std::string_view& rest) {
  const std::string_view segment = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
  return segment;
}

}  // namespace

std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path) {
  if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/')) {
    return std::nullopt;
  }
  std::vector<std::string> captured;
  while (!pattern.empty() || !path.empty()) {
    const std::string_view expected = next_segment(pattern);
    std::string_view segment = next_segment(path);
    if (!expected.starts_with(':')) {
      if (segment != expected) {
        return std::nullopt;
      }
      continue;
    }
    const std::string_view ending = expected.substr(std::min(expected.size(), expected.find('.')));
    if (segment.size() <= ending.size() || !segment.ends_with(ending)) {
      return std::nullopt;
    }
    segment.remove_suffix(ending.size());
    captured.push_back(percent_decoded(segment));
  }
  return captured;
}

}  // namespace faultline::http
