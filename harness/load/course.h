#pragma once
// How strong a load is over the phases of a run, as straight lines: so many arrivals a second of an open load, so many
// users of a closed one. And the inverse: when the n-th comes.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/time.h"

namespace faultline::load {

struct Phase {
  std::string name;
  Duration length{};
};

/// Over one phase: from `begin` to `end`, in a straight line.
struct Level {
  double begin = 0, end = 0;
  bool operator==(const Level&) const = default;
};

struct Course {
  Level otherwise{};                  // in the phases that are not named
  std::map<std::string, Level> in{};  // by phase

  Level over(const std::string& phase) const;
  bool operator==(const Course&) const = default;
};

/// The same level all the time.
Course steady(double level);

/// From `from` on, up to `to`.
struct Span {
  Duration from{}, to{};
  bool operator==(const Span&) const = default;
};

/// A course laid over phases.
class Line {
 public:
  Line(const Course& course, const std::vector<Phase>& phases);

  /// The area under the line: the arrivals of an open load.
  double area() const;
  /// The area under the line over the phase with this index.
  double area(std::size_t phase) const;
  /// When the area from the start on is `area`; nothing where the whole has less.
  std::optional<Duration> when(double area) const;

  double highest() const;
  /// When the line is at `level` or above it.
  std::vector<Span> at_least(double level) const;

 private:
  // A piece of the line. Phases that go on at the same level are one piece, so that times along it do not add up errors.
  struct Piece {
    Duration begin{}, length{};
    Level level;
    double area = 0;
  };
  std::vector<Piece> pieces_;
  std::vector<double> areas_;  // by phase
};

}  // namespace faultline::load
