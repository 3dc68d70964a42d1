#include "report/characters.h"

#include <cstdint>

namespace faultline::report {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";     // U+2026

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  // in bytes; 0: not UTF-8
};

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

Character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) {
    return {lead, 1};
  }
  const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) {
    return {};
  }
  std::uint32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) {
      return {};
    }
    code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool longer_than_needed = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return longer_than_needed || surrogate || code > 0x10FFFF ? Character{} : Character{code, length};
}

bool is_control(std::uint32_t code) {
  return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') || code == 0x7F;
}

void add_picture(std::uint32_t control, std::string& to) {
  const std::uint32_t picture = control == 0x7F ? 0x21 : control;  // of U+2400: E2 90 80
  to += "\xe2\x90";
  to.push_back(static_cast<char>(0x80U + picture));
}

}  // namespace

std::string readable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_of(text);
    if (character.length == 0) {
      clean += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    const bool none = character.code == 0xFFFE || character.code == 0xFFFF ||
                      (character.code >= 0x80 && character.code < 0xA0);
    if (is_control(character.code)) {
      add_picture(character.code, clean);
    } else {
      clean += none ? kReplacement : text.substr(0, character.length);
    }
    text.remove_prefix(character.length);
  }
  return clean;
}

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most || most < kEllipsis.size()) {
    return text;
  }
  std::size_t end = most - kEllipsis.size();
  while (end > 0 && continues(text[end])) {
    --end;
  }
  text.resize(end);
  text += kEllipsis;
  return text;
}

}  // namespace faultline::report
