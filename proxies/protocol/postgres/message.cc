#include "protocol/postgres/message.h"

#include <fmt/format.h>

namespace faultline::protocol::postgres {
namespace {

std::string message(char type, std::string_view content) {
  const auto length = static_cast<std::uint32_t>(content.size() + 4);
  std::string bytes(1, type);
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((length >> shift) & 0xff);
  }
  return bytes.append(content);
}

std::string quoted(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    literal.append(c == '\'' ? 2 : 1, c);
  }
  return literal + "'";
}

}  // namespace

std::string error_response(std::string_view severity, std::string_view sqlstate, std::string_view text) {
  std::string content;
  const auto field = [&](char name, std::string_view value) {
    content.append(1, name).append(value).append(1, '\0');
  };
  field('S', severity);
  field('V', severity);
  field('C', sqlstate);
  field('M', text);
  content += '\0';
  return message('E', content);
}

std::string_view error_field(std::string_view content, char field) {
  while (!content.empty() && content[0] != '\0') {
    const std::size_t end = content.find('\0');
    if (content[0] == field) {
      return content.substr(1, end == std::string_view::npos ? end : end - 1);
    }
    if (end == std::string_view::npos) {
      break;
    }
    content.remove_prefix(end + 1);
  }
  return {};
}

std::string query(std::string_view sql) {
  return message('Q', std::string(sql) + '\0');
}

std::string failing_query(std::string_view sqlstate, std::string_view text) {
  // A tag of its own, so that no message can end the body.
  return query(
      fmt::format("DO $faultline$BEGIN RAISE EXCEPTION USING ERRCODE = {}, MESSAGE = {}; END$faultline$",
                  quoted(sqlstate), quoted(text)));
}

std::string failing_execute() {
  std::string content("injected by Faultline");
  content += '\0';
  content.append(4, '\0');  // no limit of rows
  return message('E', content);
}

std::string command_complete(std::string_view tag) {
  return message('C', std::string(tag) + '\0');
}

}  // namespace faultline::protocol::postgres
