#include "scenario/expression.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace faultline::scenario {
namespace {

using faultline::Comparator;

struct Read {
  std::optional<Expression> expression;
  Diagnostics problems;
};

Read read(const std::string& text) {
  Read result;
  Table table = Table::parse("that = \"" + text + "\"\n", "t.toml", result.problems);
  result.expression = read_expression(*table.get("that"));
  return result;
}

Expression good(const std::string& text) {
  const Read result = read(text);
  EXPECT_TRUE(result.expression) << text;
  EXPECT_TRUE(result.problems.empty()) << text << ": " << to_text(result.problems.front());
  return result.expression.value_or(Expression{});
}

// "column message, suggestion": the column is that of the expression's character, from 1.
std::string mistake(const std::string& text) {
  const Read result = read(text);
  EXPECT_FALSE(result.expression) << text;
  if (result.problems.size() != 1) {
    return fmt::format("{} mistakes", result.problems.size());
  }
  constexpr int kBefore = 8;  // that = "
  const Diagnostic& p = result.problems.front();
  return fmt::format("{} {}{}", p.place.column - kBefore, p.message,
                     p.suggestion.empty() ? "" : ", " + p.suggestion);
}

TEST(Expression, ReadsTheCallsOfADependency) {
  const Expression calls = good("postgres calls_per_arrival < 3.5");
  EXPECT_EQ(calls.metric, Metric::calls_per_arrival);
  EXPECT_EQ(calls.dependency, "postgres");
  EXPECT_EQ(calls.comparison.target, 3.5);
  EXPECT_EQ(display(calls, 4.25), "4.25");
  EXPECT_EQ(margin(calls, 4.25), "0.75 over");
  EXPECT_EQ(mistake("calls_per_arrival < 3"),
            "1 calls_per_arrival is of a dependency, write 'postgres calls_per_arrival'");
  EXPECT_EQ(mistake("postgres calls_per_arrival < many"), "30 'many' is not a number such as 3.5");
}

TEST(Expression, ReadsAMultipleOfAnotherPhase) {
  const Expression twice = good("http_req_duration p(95) < 2 x steady");
  EXPECT_EQ(twice.times, "steady");
  EXPECT_EQ(twice.comparison.target, 2);
  EXPECT_EQ(display_target(twice), "< 2 x steady");
  EXPECT_EQ(mistake("http_req_duration p(95) < 0 x steady"),
            "27 '0 x steady' is not a duration such as 500ms");
}

TEST(Expression, ReadsThresholdsAsK6WritesThem) {
  const Expression p95 = good("http_req_duration p(95)<200");
  EXPECT_EQ(p95.metric, Metric::http_req_duration);
  EXPECT_EQ(p95.aggregate, Aggregate::percentile);
  EXPECT_EQ(p95.percentile, 95);
  EXPECT_EQ(p95.comparison.comparator, Comparator::less);
  EXPECT_EQ(p95.comparison.target, 0.2) << "a bare number is milliseconds";
  EXPECT_EQ(good("http_req_duration p(99.9) <= 1500").percentile, 99.9);

  const Expression failed = good("http_req_failed rate<0.01");
  EXPECT_EQ(failed.metric, Metric::http_req_failed);
  EXPECT_EQ(failed.aggregate, Aggregate::rate);
  EXPECT_EQ(failed.comparison.target, 0.01);

  const Expression checks = good("checks rate>0.95");
  EXPECT_EQ(checks.metric, Metric::checks);
  EXPECT_EQ(checks.comparison.comparator, Comparator::greater);

  EXPECT_EQ(good("http_reqs count>=100").aggregate, Aggregate::count);
  EXPECT_EQ(good("http_req_duration med<200").aggregate, Aggregate::med);
  EXPECT_EQ(good("http_req_failed rate===0").comparison.comparator, Comparator::equal);
}

TEST(Expression, ReadsUnits) {
  EXPECT_EQ(good("http_req_duration max < 1.5s").comparison.target, 1.5);
  EXPECT_EQ(good("http_req_duration avg < 500ms").comparison.target, 0.5);
  EXPECT_EQ(good("http_req_failed rate < 1%").comparison.target, 0.01);
  EXPECT_EQ(good("http_reqs rate > 20/s").comparison.target, 20);
  EXPECT_EQ(good("http_reqs rate > 120/m").comparison.target, 2);
  EXPECT_EQ(good("  http_req_failed   rate   <   1%  ").text, "  http_req_failed   rate   <   1%  ");
}

TEST(Expression, PointsAtTheColumnOfWhatIsWrong) {
  EXPECT_EQ(mistake("http_req_failde rate < 1%"),
            "1 unknown metric 'http_req_failde' (known: http_req_duration, http_req_failed, "
            "http_req_unknown, http_reqs, "
            "checks, DEPENDENCY calls_per_arrival), "
            "did you mean 'http_req_failed'?");
  EXPECT_EQ(mistake("http_req_failed rte < 1%"),
            "17 no aggregate 'rte' here: http_req_failed has rate, did you mean 'rate'?");
  EXPECT_EQ(mistake("http_req_duration rate < 1%"),
            "19 no aggregate 'rate' here: http_req_duration has avg, min, med, max, p(N)");
  EXPECT_EQ(mistake("http_req_failed < 1%"), "17 an aggregate is missing here: http_req_failed has rate");
  EXPECT_EQ(mistake("http_req_failed rate 1%"), "22 a comparison is missing here: <, <=, >, >=, == or !=");
  EXPECT_EQ(mistake("http_req_failed rate = 1%"), "22 a comparison is missing here: <, <=, >, >=, == or !=");
  EXPECT_EQ(mistake("http_req_failed rate < 1% x"), "24 '1% x' is not a share such as 1% or 0.01");
  EXPECT_EQ(mistake("http_req_failed rate <"), "23 a target is missing here: a share such as 1% or 0.01");
  EXPECT_EQ(mistake("http_req_failed rate < 5"),
            "24 '5' is not a share such as 1% or 0.01, did you mean '5%'?");
  EXPECT_EQ(
      mistake("http_req_duration p95 < 200ms"),
      "19 no aggregate 'p95' here: http_req_duration has avg, min, med, max, p(N), did you mean 'p(95)'?");
  EXPECT_EQ(mistake("http_req_duration p < 200ms"), "19 a percentile is written p(95)");
  EXPECT_EQ(mistake("http_req_duration p(100) < 200ms"),
            "21 a percentile is a number between 0 and 100, did you mean 'max'?");
  EXPECT_EQ(mistake("http_req_duration p(95) < 1%"), "27 '1%' is not a duration such as 500ms");
  EXPECT_EQ(mistake("http_req_duration p(95) < -1"), "27 '-1' is not a duration such as 500ms");
  EXPECT_EQ(mistake("http_reqs count > 1.5"), "19 '1.5' is not a whole number");
  EXPECT_EQ(
      mistake(""),
      "1 a metric is missing here: http_req_duration, http_req_failed, http_req_unknown, http_reqs, checks, "
      "DEPENDENCY calls_per_arrival");
}

TEST(Expression, ShowsValuesTargetsAndMargins) {
  const Expression failed = good("http_req_failed rate < 1%");
  EXPECT_EQ(display(failed, 0.0342), "3.42%");
  EXPECT_EQ(display_target(failed), "< 1%");
  EXPECT_EQ(margin(failed, 0.0342), "2.42 points over");
  EXPECT_EQ(margin(failed, 0.004), "0.60 points left");

  const Expression p95 = good("http_req_duration p(95) <= 200ms");
  EXPECT_EQ(display(p95, 0.412), "412 ms");
  EXPECT_EQ(display_target(p95), "<= 200ms");
  EXPECT_EQ(margin(p95, 0.412), "212 ms over");
  EXPECT_EQ(margin(p95, 0.012), "188 ms left");

  const Expression count = good("http_reqs count > 20");
  EXPECT_EQ(display(count, 17), "17");
  EXPECT_EQ(margin(count, 17), "3 short");
  EXPECT_EQ(margin(count, 25), "5 to spare");

  const Expression rate = good("http_reqs rate == 20/s");
  EXPECT_EQ(display(rate, 18.2), "18.2/s");
  EXPECT_EQ(margin(rate, 18.2), "1.8/s off");
  EXPECT_EQ(margin(rate, 20), "");
}

TEST(Expression, NeedsTenSamplesBeyondItsPercentile) {
  // n samples have n x (1 - p) beyond the p-th percentile: 10 / (1 - p) of them are needed.
  EXPECT_EQ(samples_needed(good("http_req_duration p(95) < 1s")), 200);
  EXPECT_EQ(samples_needed(good("http_req_duration p(99) < 1s")), 1000);
  EXPECT_EQ(samples_needed(good("http_req_duration p(99.9) < 1s")), 10000);
  EXPECT_EQ(samples_needed(good("http_req_duration p(50) < 1s")), 20);
  EXPECT_EQ(samples_needed(good("http_req_duration med < 1s")), 20);
  EXPECT_EQ(samples_needed(good("http_req_duration max < 1s")), 0);
  EXPECT_EQ(samples_needed(good("http_req_failed rate < 1%")), 0);
}

}  // namespace
}  // namespace faultline::scenario
