#include "load/course.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace faultline::load {
namespace {

double area_of(Level level, Duration length) {
  return (level.begin + level.end) / 2 * seconds(length);
}

// How long after its begin a piece has this area, which it has at the latest at its end. The root of
// begin t + (end - begin) t^2 / 2 length = area, in the form that does not cancel out.
Duration inside(Level level, Duration length, double area) {
  if (level.begin == level.end) {
    return from_seconds(area / level.begin);
  }
  const double slope = (level.end - level.begin) / seconds(length);
  const double under_root = std::max(0.0, level.begin * level.begin + 2 * slope * area);
  const double divisor = level.begin + std::sqrt(under_root);
  return divisor == 0 ? Duration::zero() : from_seconds(2 * area / divisor);
}

}  // namespace

Level Course::over(const std::string& phase) const {
  const auto named = in.find(phase);
  return named == in.end() ? otherwise : named->second;
}

Course steady(double level) {
  return {.otherwise = {level, level}};
}

Line::Line(const Course& course, const std::vector<Phase>& phases) {
  Duration begin{};
  for (const Phase& phase : phases) {
    const Level level = course.over(phase.name);
    areas_.push_back(area_of(level, phase.length));
    const bool flat = level.begin == level.end;
    if (flat && !pieces_.empty() && pieces_.back().level == level) {
      pieces_.back().length += phase.length;
      pieces_.back().area = area_of(level, pieces_.back().length);
    } else {
      pieces_.push_back({begin, phase.length, level, areas_.back()});
    }
    begin += phase.length;
  }
}

double Line::area() const {
  return std::accumulate(pieces_.begin(), pieces_.end(), 0.0,
                         [](double sum, const Piece& piece) { return sum + piece.area; });
}

double Line::area(std::size_t phase) const {
  return areas_.at(phase);
}

std::optional<Duration> Line::when(double area) const {
  for (const Piece& piece : pieces_) {
    if (area < piece.area) {
      return piece.begin + std::min(inside(piece.level, piece.length, area), piece.length);
    }
    area -= piece.area;
  }
  return std::nullopt;
}

double Line::highest() const {
  double highest = 0;
  for (const Piece& piece : pieces_) {
    highest = std::max({highest, piece.level.begin, piece.level.end});
  }
  return highest;
}

std::vector<Span> Line::at_least(double level) const {
  std::vector<Span> spans;
  for (const auto& [begin, length, over, area] : pieces_) {
    const auto crossing = [&, begin = begin, length = length, over = over] {
      return begin + from_seconds(seconds(length) * (level - over.begin) / (over.end - over.begin));
    };
    const bool rises = over.begin < level && over.end >= level;
    const bool falls = over.begin >= level && over.end < level;
    if (over.begin < level && over.end < level) {
      continue;
    }
    const Span span{rises ? crossing() : begin, falls ? crossing() : begin + length};
    if (!spans.empty() && spans.back().to == span.from) {
      spans.back().to = span.to;
    } else if (span.from < span.to || rises) {
      spans.push_back(span);
    }
  }
  std::erase_if(spans, [](const Span& span) { return span.from >= span.to; });
  return spans;
}

}  // namespace faultline::load
