#include "report/markup.h"

#include "report/characters.h"

namespace faultline::report {
namespace {

std::string escaped(std::string_view text, bool attribute) {
  std::string out;
  for (const char c : readable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\r':
        out += "&#13;";  // a parser reads a bare one as a newline
        break;
      case '\n':
        out += attribute ? "&#10;" : "\n";
        break;
      case '\t':
        out += attribute ? "&#9;" : "\t";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

}  // namespace

std::string in_text(std::string_view text) {
  return escaped(text, false);
}

std::string in_attribute(std::string_view text) {
  return escaped(text, true);
}

}  // namespace faultline::report
