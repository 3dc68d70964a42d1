#include "import/json_path.h"

#include <algorithm>
#include <cctype>

namespace faultline::import {
namespace {

bool is_index(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// RFC 6901, 3.
void append(std::string& pointer, std::string_view name) {
  pointer += '/';
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

// What is between brackets: an index, or a name in quotes.
std::optional<std::string_view> subscript(std::string_view inside) {
  if (is_index(inside)) {
    return inside;
  }
  const bool quoted = inside.size() > 2 && (inside.front() == '\'' || inside.front() == '"') &&
                      inside.back() == inside.front();
  return quoted ? std::optional(inside.substr(1, inside.size() - 2)) : std::nullopt;
}

}  // namespace

std::optional<std::string> to_pointer(std::string_view path) {
  std::string pointer;
  path.remove_prefix(path.starts_with('$') ? 1 : 0);
  for (bool first = true; !path.empty(); first = false) {
    if (path.front() == '[') {
      const auto end = path.find(']');
      const auto name = end == std::string_view::npos ? std::nullopt : subscript(path.substr(1, end - 1));
      if (!name) {
        return std::nullopt;
      }
      append(pointer, *name);
      path.remove_prefix(end + 1);
      continue;
    }
    if (path.front() == '.') {
      path.remove_prefix(1);
    } else if (!first) {
      return std::nullopt;
    }
    const std::string_view name = path.substr(0, path.find_first_of(".["));
    if (name.empty() || name.find_first_of("*?()@,:]") != std::string_view::npos) {
      return std::nullopt;
    }
    append(pointer, name);
    path.remove_prefix(name.size());
  }
  return pointer.empty() ? std::nullopt : std::optional(pointer);
}

}  // namespace faultline::import
