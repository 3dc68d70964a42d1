#include "core/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <numeric>

namespace faultline {
namespace {

// Edits that turn a into b, a swap of neighbours being one (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::string to_text(const Diagnostic& problem) {
  const Place& place = problem.place;
  std::string text = place.file;
  if (place.line > 0) {
    text += fmt::format(":{}:{}", place.line, place.column);
  }
  text += ": error: " + problem.message;
  if (!problem.suggestion.empty()) {
    text += ", " + problem.suggestion;
  }
  if (std::ifstream file(place.file); place.line > 0 && file) {
    std::string line;
    for (int n = 0; n < place.line && std::getline(file, line); ++n) {
    }
    // Columns count code points; so do terminals, near enough: indent by what the line itself has.
    std::string indent;
    int column = 1;
    for (std::size_t i = 0; i < line.size() && column < place.column; ++i) {
      const auto byte = static_cast<unsigned char>(line[i]);
      if ((byte & 0xC0) != 0x80) {
        indent.push_back(line[i] == '\t' ? '\t' : ' ');
        ++column;
      }
    }
    text += fmt::format("\n  {}\n  {}^", line, indent);
  }
  return text;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::size_t tolerance = std::max<std::size_t>(1, word.size() / 3);
  const std::string* best = nullptr;
  std::size_t least = tolerance + 1;
  for (const std::string& candidate : candidates) {
    if (const std::size_t edits = distance(word, candidate); edits < least) {
      least = edits;
      best = &candidate;
    }
  }
  return best ? fmt::format("did you mean '{}'?", *best) : std::string{};
}

}  // namespace faultline
