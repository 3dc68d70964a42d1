#include "search/columns.h"

#include <fmt/format.h>

namespace faultline::search {

std::string cut(const std::string& text, std::size_t width) {
  std::size_t characters = 0, last = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
      continue;  // within a character
    }
    if (++characters == width) {
      last = at;
    }
    if (characters > width) {
      return text.substr(0, last) + "…";
    }
  }
  return text;
}

std::string cell(const std::string& text, std::size_t width) {
  return fmt::format("{:<{}}", cut(text, width), width);
}

}  // namespace faultline::search
