#include "core/comparison.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/assert.h"

namespace faultline {
namespace {

struct Operator {
  std::string_view text;
  Comparator comparator;
};

// An operator stands before its own beginnings, so that the first that fits is the longest.
constexpr Operator kOperators[] = {
    {"===", Comparator::equal},     {"==", Comparator::equal},         {"!=", Comparator::not_equal},
    {"<=", Comparator::less_equal}, {">=", Comparator::greater_equal}, {"<", Comparator::less},
    {">", Comparator::greater},
};

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool Comparison::holds(double value) const {
  switch (comparator) {
    case Comparator::less:
      return value < target;
    case Comparator::less_equal:
      return value <= target;
    case Comparator::greater:
      return value > target;
    case Comparator::greater_equal:
      return value >= target;
    case Comparator::equal:
      return value == target;
    case Comparator::not_equal:
      return value != target;
  }
  FAULTLINE_ASSERT(false, "a comparator that compares nothing");
}

std::optional<Comparator> take_comparator(std::string_view& text) {
  for (const Operator& each : kOperators) {
    if (text.starts_with(each.text)) {
      text.remove_prefix(each.text.size());
      text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
      return each.comparator;
    }
  }
  return std::nullopt;
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<Comparison> parse_comparison(std::string_view text) {
  text = without_blanks(text);
  const auto comparator = take_comparator(text);
  const auto target = comparator ? parse_number(text) : std::nullopt;
  return target ? std::optional(Comparison{*comparator, *target}) : std::nullopt;
}

std::string to_text(Comparator comparator) {
  switch (comparator) {
    case Comparator::less:
      return "<";
    case Comparator::less_equal:
      return "<=";
    case Comparator::greater:
      return ">";
    case Comparator::greater_equal:
      return ">=";
    case Comparator::equal:
      return "==";
    case Comparator::not_equal:
      return "!=";
  }
  FAULTLINE_ASSERT(false, "a comparator without a name");
}

std::string to_text(const Comparison& comparison) {
  return fmt::format("{} {}", to_text(comparison.comparator), comparison.target);
}

}  // namespace faultline
