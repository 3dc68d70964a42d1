#include "scenario/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/assert.h"
#include "core/units.h"

namespace faultline::scenario {
namespace {

// What a target is a quantity of.
enum class Unit { duration, share, rate, count, ratio };

struct Word {
  std::string_view text;
  Aggregate aggregate;
};

// p(N) is none of these: it carries a number.
constexpr Word kAggregates[] = {{"rate", Aggregate::rate}, {"count", Aggregate::count},
                                {"avg", Aggregate::avg},   {"min", Aggregate::min},
                                {"med", Aggregate::med},   {"max", Aggregate::max}};

constexpr std::string_view kCallsPerArrival = "calls_per_arrival";

struct MetricRow {
  std::string_view name;
  Metric metric;
  std::vector<Aggregate> aggregates;
};

const std::vector<MetricRow>& metrics() {
  using enum Aggregate;
  static const std::vector<MetricRow> kMetrics = {
      {"http_req_duration", Metric::http_req_duration, {avg, min, med, max, percentile}},
      {"http_req_failed", Metric::http_req_failed, {rate}},
      {"http_req_unknown", Metric::http_req_unknown, {rate}},
      {"http_reqs", Metric::http_reqs, {count, rate}},
      {"checks", Metric::checks, {rate}},
      {kCallsPerArrival, Metric::calls_per_arrival, {}},
  };
  return kMetrics;
}

std::string_view name_of(Aggregate aggregate) {
  for (const Word& word : kAggregates) {
    if (word.aggregate == aggregate) {
      return word.text;
    }
  }
  return "p(N)";
}

Unit unit_of(const Expression& expression) {
  switch (expression.metric) {
    case Metric::http_req_duration:
      return Unit::duration;
    case Metric::http_req_failed:
    case Metric::http_req_unknown:
    case Metric::checks:
      return Unit::share;
    case Metric::http_reqs:
      return expression.aggregate == Aggregate::count ? Unit::count : Unit::rate;
    case Metric::calls_per_arrival:
      return Unit::ratio;
  }
  FAULTLINE_ASSERT(false, "a metric without a unit");
}

std::string_view example_of(Unit unit) {
  switch (unit) {
    case Unit::duration:
      return "a duration such as 500ms";
    case Unit::share:
      return "a share such as 1% or 0.01";
    case Unit::rate:
      return "a rate such as 20/s";
    case Unit::count:
      return "a whole number";
    case Unit::ratio:
      return "a number such as 3.5";
  }
  FAULTLINE_ASSERT(false, "a unit without an example");
}

constexpr double kPerMillisecond = 1e-3;

std::optional<double> parse_target(std::string_view text, Unit unit) {
  const auto bare = parse_number(text);
  if (bare && *bare < 0) {
    return std::nullopt;
  }
  switch (unit) {
    case Unit::duration:
      if (const auto duration = parse_duration(text)) {
        return seconds(*duration);
      }
      return bare ? std::optional(*bare * kPerMillisecond) : std::nullopt;
    case Unit::share:
      if (const auto ratio = parse_ratio(text)) {
        return ratio->value;
      }
      return bare && *bare <= 1 ? bare : std::nullopt;
    case Unit::rate:
      if (const auto rate = parse_rate(text)) {
        return rate->per_second;
      }
      return bare;
    case Unit::count:
      return bare && *bare == std::floor(*bare) ? bare : std::nullopt;
    case Unit::ratio:
      return bare;
  }
  FAULTLINE_ASSERT(false, "a unit that cannot be read");
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Reads one expression from left to right. Each part reports its own mistake, at the column it starts in, and gives
// false; then the rest is not looked at.
class Parser {
 public:
  explicit Parser(const Value& value) : value_(value), text_(value.text()), rest_(text_) {}

  // The second part of an expression whose first has been read.
  Parser(const Value& value, Expression first) : Parser(value) { expression_ = std::move(first); }

  std::optional<Expression> read() {
    expression_.text = text_;
    if (read_metric() && read_aggregate() && read_comparator() && read_target()) {
      return expression_;
    }
    return std::nullopt;
  }

  std::optional<Expression> read_measure() {
    expression_.text = text_;
    if (!read_metric() || !read_aggregate()) {
      return std::nullopt;
    }
    skip_blanks();
    if (!rest_.empty()) {
      wrong(offset(), fmt::format("'{}' is too much here: this is a metric and its aggregate", rest_),
            "what it is compared with goes to 'target' and 'warning'");
      return std::nullopt;
    }
    return expression_;
  }

  std::optional<Expression> read_comparison() {
    if (!read_comparator()) {
      return std::nullopt;
    }
    const std::size_t at = offset();
    if (!read_target()) {
      return std::nullopt;
    }
    if (!expression_.times.empty()) {
      wrong(at, "a multiple of another phase is no level");
      return std::nullopt;
    }
    return expression_;
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  std::size_t offset() const { return text_.size() - rest_.size(); }

  std::string_view take_word() {
    std::size_t length = 0;
    while (length < rest_.size() && is_word_character(rest_[length])) {
      ++length;
    }
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }

  bool wrong(std::size_t at, std::string message, std::string suggestion = {}) const {
    value_.problem_in_text(at, std::move(message), std::move(suggestion));
    return false;
  }

  bool read_metric() {
    skip_blanks();
    const std::size_t at = offset();
    const std::string_view word = take_word();
    std::vector<std::string> known;
    for (const MetricRow& row : metrics()) {
      if (word == row.name && row.metric != Metric::calls_per_arrival) {
        row_ = &row;
        expression_.metric = row.metric;
        return true;
      }
      known.push_back((row.metric == Metric::calls_per_arrival ? "DEPENDENCY " : "") + std::string(row.name));
    }
    if (word == kCallsPerArrival) {
      return wrong(at, "calls_per_arrival is of a dependency", "write 'postgres calls_per_arrival'");
    }
    skip_blanks();
    if (!word.empty() && rest_.starts_with(kCallsPerArrival)) {
      take_word();
      expression_.dependency = word;
      expression_.metric = Metric::calls_per_arrival;
      expression_.aggregate = Aggregate::ratio;
      return true;
    }
    if (word.empty()) {
      return wrong(at, fmt::format("a metric is missing here: {}", fmt::join(known, ", ")));
    }
    return wrong(at, fmt::format("unknown metric '{}' (known: {})", word, fmt::join(known, ", ")),
                 did_you_mean(word, known));
  }

  bool read_aggregate() {
    if (!row_) {
      return true;
    }
    skip_blanks();
    const std::size_t at = offset();
    const std::string_view word = take_word();
    std::vector<std::string> offered;
    for (const Aggregate each : row_->aggregates) {
      offered.emplace_back(name_of(each));
    }
    const std::string choice = fmt::format("{} has {}", row_->name, fmt::join(offered, ", "));
    if (word.empty()) {
      return wrong(at, fmt::format("an aggregate is missing here: {}", choice));
    }
    const auto found = std::find_if(row_->aggregates.begin(), row_->aggregates.end(), [&](Aggregate each) {
      return each == Aggregate::percentile ? word == "p" : word == name_of(each);
    });
    if (found == row_->aggregates.end()) {
      const bool percentile = word.starts_with('p') && parse_number(word.substr(1));
      return wrong(
          at, fmt::format("no aggregate '{}' here: {}", word, choice),
          percentile ? fmt::format("did you mean 'p({})'?", word.substr(1)) : did_you_mean(word, offered));
    }
    expression_.aggregate = *found;
    return *found != Aggregate::percentile || read_percentile(at);
  }

  // The (N) of p(N), whose p is at `at`.
  bool read_percentile(std::size_t at) {
    const auto close = rest_.find(')');
    if (!rest_.starts_with('(') || close == std::string_view::npos) {
      return wrong(at, "a percentile is written p(95)");
    }
    const auto number = parse_number(rest_.substr(1, close - 1));
    if (!number || *number <= 0 || *number >= 100) {
      return wrong(offset() + 1, "a percentile is a number between 0 and 100",
                   number && *number == 100 ? "did you mean 'max'?" : "");
    }
    expression_.percentile = *number;
    rest_.remove_prefix(close + 1);
    return true;
  }

  bool read_comparator() {
    skip_blanks();
    const std::size_t at = offset();
    const auto comparator = take_comparator(rest_);
    if (!comparator) {
      return wrong(at, "a comparison is missing here: <, <=, >, >=, == or !=");
    }
    expression_.comparison.comparator = *comparator;
    return true;
  }

  bool read_target() {
    const std::size_t at = offset();
    std::string_view written = rest_.substr(0, rest_.find_last_not_of(" \t") + 1);
    const Unit unit = unit_of(expression_);
    if (read_multiple(written)) {
      return true;
    }
    const auto target = parse_target(written, unit);
    if (written.empty()) {
      return wrong(at, fmt::format("a target is missing here: {}", example_of(unit)));
    }
    if (!target) {
      const bool bare = unit == Unit::share && parse_number(written).has_value();
      return wrong(at, fmt::format("'{}' is not {}", written, example_of(unit)),
                   bare ? fmt::format("did you mean '{}%'?", written) : "");
    }
    expression_.comparison.target = *target;
    return true;
  }

  // "2 x steady".
  bool read_multiple(std::string_view written) {
    constexpr std::string_view kTimes = " x ";
    const auto times = written.find(kTimes);
    const auto factor =
        times == std::string_view::npos ? std::nullopt : parse_number(written.substr(0, times));
    if (!factor || *factor <= 0) {
      return false;
    }
    expression_.comparison.target = *factor;
    expression_.times = written.substr(times + kTimes.size());
    return true;
  }

  const Value& value_;
  const std::string text_;
  std::string_view rest_;  // of text_
  const MetricRow* row_ = nullptr;
  Expression expression_;
};

}  // namespace

std::optional<Expression> read_expression(const Value& value) {
  return Parser(value).read();
}

std::optional<Expression> read_expression(const Value& measure, const Value& comparison) {
  auto first = Parser(measure).read_measure();
  return first ? Parser(comparison, std::move(*first)).read_comparison() : std::nullopt;
}

std::optional<Expression> read_share_expression(const std::string& what, const Value& comparison) {
  return Parser(comparison, {.text = what, .metric = Metric::checks, .aggregate = Aggregate::rate})
      .read_comparison();
}

std::string display(const Expression& expression, double value) {
  switch (unit_of(expression)) {
    case Unit::duration:
      return to_display(from_seconds(value));
    case Unit::share:
      return fmt::format("{:.2f}%", value * 100);
    case Unit::rate:
      return fmt::format("{:.1f}/s", value);
    case Unit::count:
      return fmt::format("{:.0f}", value);
    case Unit::ratio:
      return fmt::format("{:.2f}", value);
  }
  FAULTLINE_ASSERT(false, "a unit that cannot be shown");
}

std::string display_target(const Expression& expression) {
  const double target = expression.comparison.target;
  const auto quantity = [&]() -> std::string {
    if (!expression.times.empty()) {
      return fmt::format("{} x {}", target, expression.times);
    }
    switch (unit_of(expression)) {
      case Unit::duration:
        return to_text(from_seconds(target));
      case Unit::share:
        return to_text(Ratio{target});
      case Unit::rate:
        return to_text(Rate{target});
      case Unit::count:
        return fmt::format("{:.0f}", target);
      case Unit::ratio:
        return fmt::format("{:g}", target);
    }
    FAULTLINE_ASSERT(false, "a unit that cannot be shown");
  };
  return to_text(expression.comparison.comparator) + " " + quantity();
}

std::string margin(const Expression& expression, double value) {
  const double distance = std::abs(value - expression.comparison.target);
  const auto quantity = [&]() -> std::string {
    switch (unit_of(expression)) {
      case Unit::duration:
        return to_display(from_seconds(distance));
      case Unit::share:
        return fmt::format("{:.2f} points", distance * 100);
      case Unit::rate:
        return fmt::format("{:.1f}/s", distance);
      case Unit::count:
        return fmt::format("{:.0f}", distance);
      case Unit::ratio:
        return fmt::format("{:.2f}", distance);
    }
    FAULTLINE_ASSERT(false, "a unit that cannot be shown");
  };
  const bool holds = expression.comparison.holds(value);
  switch (expression.comparison.comparator) {
    case Comparator::less:
    case Comparator::less_equal:
      return quantity() + (holds ? " left" : " over");
    case Comparator::greater:
    case Comparator::greater_equal:
      return quantity() + (holds ? " to spare" : " short");
    case Comparator::equal:
      return holds ? "" : quantity() + " off";
    case Comparator::not_equal:
      return "";
  }
  FAULTLINE_ASSERT(false, "a comparator without a margin");
}

double samples_needed(const Expression& expression) {
  constexpr double kBeyond = 10;
  if (expression.aggregate != Aggregate::percentile && expression.aggregate != Aggregate::med) {
    return 0;
  }
  const double percentile = expression.aggregate == Aggregate::med ? 50 : expression.percentile;
  // 100 - 99.9 is a little more or less than 0.1: do not ask for one sample more because of it.
  constexpr double kRounding = 1e-6;
  return std::ceil(kBeyond * 100 / (100 - percentile) - kRounding);
}

}  // namespace faultline::scenario
