#include "protocol/http1/subject.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace faultline::protocol::http1 {

std::string_view path_of(std::string_view target) {
  if (const std::size_t scheme = target.find("://");
      scheme != std::string_view::npos && !target.starts_with('/')) {
    target = target.substr(std::min(target.find('/', scheme + 3), target.size()));
    target = target.empty() ? "/" : target;
  }
  return target.substr(0, target.find_first_of("?#"));
}

std::optional<std::string_view> field_of(std::string_view head, std::string_view name) {
  std::size_t at = head.find('\n');
  while (at != std::string_view::npos && at + 1 < head.size()) {
    const std::size_t begin = at + 1;
    at = head.find('\n', begin);
    const std::string_view line = head.substr(begin, at - begin);
    const std::size_t colon = line.find(':');
    if (colon == name.size() && same_field(line.substr(0, colon), name)) {
      return trimmed(line.substr(colon + 1));
    }
  }
  return std::nullopt;
}

std::string unchunked(std::string_view body) {
  std::string content;
  while (true) {
    std::size_t size = 0;
    const auto read = std::from_chars(body.data(), body.data() + body.size(), size, 16);
    const std::size_t line = body.find('\n');
    if (read.ec != std::errc() || line == std::string_view::npos || size == 0 ||
        size > body.size() - line - 1) {
      return content;
    }
    content += body.substr(line + 1, size);
    body.remove_prefix(std::min(line + 1 + size + 2, body.size()));
  }
}

bool RequestSubject::any(fault::Field field, std::string_view name, const Test& test) const {
  switch (field) {
    case fault::Field::kind:
      return test(operation_.kind);
    case fault::Field::route:
      return std::any_of(operation_.objects.begin(), operation_.objects.end(), test);
    case fault::Field::path:
      return test(path_of(head_.target));
    case fault::Field::header: {
      const auto value = field_of(bytes_, name);
      return value && test(*value);
    }
    case fault::Field::body: {
      const auto json = head_.chunked ? nlohmann::json::parse(unchunked(body_), nullptr, false)
                                      : nlohmann::json::parse(body_, nullptr, false);
      if (json.is_discarded()) {
        return false;
      }
      try {
        const nlohmann::json::json_pointer pointer{std::string(name)};
        if (!json.contains(pointer)) {
          return false;
        }
        const nlohmann::json& value = json.at(pointer);
        return test(value.is_string() ? value.get<std::string>() : value.dump());
      } catch (const nlohmann::json::exception&) {
        return false;  // no such place in this body
      }
    }
    default:
      return false;
  }
}

}  // namespace faultline::protocol::http1
