#include "steps/exposition.h"

#include <gtest/gtest.h>

#include <cmath>

namespace faultline::steps {
namespace {

constexpr std::string_view kMetrics = R"(# HELP http_requests_total Requests, by status.
# TYPE http_requests_total counter
http_requests_total{route="/a",status="200"} 7 1700000000000
http_requests_total{route="/b",status="200"} 3
http_requests_total{route="/b",status="500",} 0.5
http_requests_total_other 100
redis_up 0
  odd{ say = "a \"quoted\\ } comma, \n line" } +1e3
infinite +Inf
none NaN
broken{label="x 5
)";

double sum(std::string_view selector) {
  const auto parsed = parse_selector(selector);
  EXPECT_TRUE(parsed) << selector;
  return sum_of(*parsed, kMetrics).value_or(-1);
}

TEST(Exposition, SumsTheSeriesThatHaveTheLabels) {
  EXPECT_EQ(sum("http_requests_total"), 10.5);
  EXPECT_EQ(sum("http_requests_total{status=\"200\"}"), 10);
  EXPECT_EQ(sum("http_requests_total{ status=\"500\", route=\"/b\" }"), 0.5);
  EXPECT_EQ(sum("redis_up"), 0) << "a series without labels, whose value is zero, is there";
}

TEST(Exposition, ReadsEscapesAndSpecialValues) {
  EXPECT_EQ(sum(R"(odd{say="a \"quoted\\ } comma, \n line"})"), 1000);
  EXPECT_EQ(parse_selector(R"(odd{say="a\nb\\c"})")->labels.front().second, "a\nb\\c");
  EXPECT_TRUE(std::isinf(sum("infinite")));
  EXPECT_TRUE(std::isnan(sum("none")));
}

TEST(Exposition, HasNoSumWhereThereIsNoSeries) {
  for (const char* absent :
       {"http_requests", "http_requests_total{status=\"404\"}", "broken", "HELP", "absent"}) {
    EXPECT_FALSE(sum_of(*parse_selector(absent), kMetrics)) << absent << " is no series of these metrics";
  }
}

TEST(Exposition, KnowsASelectorFromOtherText) {
  for (const char* wrong : {"", "5xx", "a b", "a{", "a{b}", "a{b=c}", "a{b=\"c}", "a{b=\"c\"} 5", "a > 5"}) {
    EXPECT_FALSE(parse_selector(wrong)) << "'" << wrong << "' is no selector";
  }
}

}  // namespace
}  // namespace faultline::steps
