#include "import/toml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace faultline::import {
namespace {

bool has_control(std::string_view text, std::string_view but) {
  return std::any_of(text.begin(), text.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 || byte == 0x7F) && but.find(c) == std::string_view::npos;
  });
}

}  // namespace

std::string in_quotes(std::string_view text) {
  if (text.find_first_of("\"\\") != std::string_view::npos && text.find('\'') == std::string_view::npos &&
      !has_control(text, {})) {
    return fmt::format("'{}'", text);
  }
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      result += fmt::format("\\u{:04X}", byte);
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string key(std::string_view name) {
  const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
  return bare ? std::string(name) : in_quotes(name);
}

std::string block(std::string_view text) {
  const bool literal = text.find("'''") == std::string_view::npos && !text.starts_with('\n') &&
                       !text.ends_with('\'') && text.find('\n') != std::string_view::npos &&
                       !has_control(text, "\n");
  return literal ? fmt::format("'''{}'''", text) : in_quotes(text);
}

std::string array(const std::vector<std::string>& values) {
  return fmt::format("[{}]", fmt::join(values, ", "));
}

std::string table(const std::vector<std::string>& members) {
  return fmt::format("{{ {} }}", fmt::join(members, ", "));
}

}  // namespace faultline::import
