#include "cli/help.h"

#include <algorithm>
#include <sstream>

namespace faultline::cli {
namespace {

constexpr std::size_t kNarrowest = 20;  // of the column of descriptions, however narrow the terminal is

}  // namespace

std::string wrapped(const std::string& text, std::size_t width) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    while (line.size() > width && !line.starts_with(' ')) {
      const std::size_t last = line.rfind(' ', width);
      const std::size_t end = last == std::string::npos ? line.find(' ', width) : last;
      if (end == std::string::npos) {
        break;
      }
      out.append(line, 0, end).append("\n");
      line.erase(0, end + 1);
    }
    out += line;
    out += lines.eof() ? "" : "\n";
  }
  return out;
}

std::string Help::make_description(const CLI::App* app) const {
  return wrapped(CLI::Formatter::make_description(app), width_);
}

std::string Help::make_footer(const CLI::App* app) const {
  return wrapped(CLI::Formatter::make_footer(app), width_);
}

std::string Help::make_subcommand(const CLI::App* subcommand) const {
  std::ostringstream out;
  CLI::detail::format_help(out, subcommand->get_display_name(true),
                           wrapped(subcommand->get_description(), beside_names()), column_width_);
  return out.str();
}

std::string Help::make_option_desc(const CLI::Option* option) const {
  return wrapped(CLI::Formatter::make_option_desc(option), beside_names());
}

std::size_t Help::beside_names() const {
  return std::max(kNarrowest, width_ - std::min(width_, column_width_));
}

}  // namespace faultline::cli
