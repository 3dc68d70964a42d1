#pragma once
// "== 0", "> 5": how a number is compared in a probe or an expectation.

#include <optional>
#include <string>
#include <string_view>

namespace faultline {

enum class Comparator { less, less_equal, greater, greater_equal, equal, not_equal };

struct Comparison {
  Comparator comparator = Comparator::equal;
  double target = 0;

  bool holds(double value) const;
};

/// The operator at the start of `text` (k6's `===` is `==`), which is moved past it and past the blanks that follow.
std::optional<Comparator> take_comparator(std::string_view& text);

/// The whole of `text` as a number: "5", "-0.5", "1e3". Not for infinities.
std::optional<double> parse_number(std::string_view text);

/// An operator and a number, and nothing else.
std::optional<Comparison> parse_comparison(std::string_view text);

std::string to_text(Comparator comparator);
std::string to_text(const Comparison& comparison);

}  // namespace faultline
