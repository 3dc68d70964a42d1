#include "metrics/threshold.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace faultline::metrics {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const std::vector<std::pair<std::string, Kind>> kKnown = {{"http_req_duration", Kind::trend},
                                                          {"http_req_failed", Kind::rate},
                                                          {"http_reqs", Kind::counter},
                                                          {"vus", Kind::gauge}};

std::vector<Threshold> read(std::string_view text, std::vector<std::string>* mistakes = nullptr) {
  Diagnostics problems;
  Table file = Table::parse(text, "t.toml", problems);
  auto thresholds = read_thresholds(file, kKnown);
  for (const Diagnostic& problem : problems) {
    const std::string line =
        fmt::format("{}:{} {}{}{}", problem.place.line, problem.place.column, problem.message,
                    problem.suggestion.empty() ? "" : ", ", problem.suggestion);
    if (mistakes) {
      mistakes->push_back(line);
    } else {
      ADD_FAILURE() << line;
    }
  }
  return thresholds;
}

TEST(Threshold, IsReadInK6sSyntax) {
  const auto thresholds = read(R"(
[thresholds]
http_req_duration = ["p(95)<200", " p(99.9) <= 1.5s ", "avg<100", "max!=0"]
"http_req_failed{phase:peak}" = { threshold = "rate<0.01", abort_on_fail = true, delay_abort_eval = "10s" }
http_reqs = "count>=100"
)");
  ASSERT_EQ(thresholds.size(), 6U);
  EXPECT_EQ(thresholds[0].of, Selector{"http_req_duration"});
  EXPECT_EQ(thresholds[0].aggregate, Aggregate::percentile);
  EXPECT_EQ(thresholds[0].percentile, 95);
  EXPECT_EQ(thresholds[0].comparison.target, 200) << "milliseconds";
  EXPECT_EQ(thresholds[1].percentile, 99.9);
  EXPECT_EQ(thresholds[1].comparison.target, 1500);
  EXPECT_EQ(thresholds[4].of, (Selector{"http_req_failed", {{"phase", "peak"}}}));
  EXPECT_TRUE(thresholds[4].abort_on_fail);
  EXPECT_EQ(thresholds[4].delay_abort_eval, 10s);
  EXPECT_EQ(thresholds[5].aggregate, Aggregate::count);
}

TEST(Threshold, IsRefusedAtItsPlace) {
  std::vector<std::string> mistakes;
  read("[thresholds]\nhttp_req_duratoin = 'p(95)<200'\n", &mistakes);
  read("[thresholds]\nhttp_req_failed = 'p(95)<200'\n", &mistakes);
  read("[thresholds]\nhttp_reqs = ['count<x']\n", &mistakes);
  read("[thresholds]\nhttp_req_duration = { treshold = 'avg<1' }\n", &mistakes);
  read("[thresholds]\n'http_reqs{' = 'count<1'\n", &mistakes);
  EXPECT_THAT(
      mistakes,
      ElementsAre("2:21 there is no metric 'http_req_duratoin', did you mean 'http_req_duration'?",
                  "2:19 'p(95)<200' is no threshold of a rate, write it like \"rate<1%\"",
                  "2:14 'count<x' is no threshold of a counter, write it like \"count<100\"",
                  "2:21 'threshold' is missing, is 'treshold' a misspelling of it?",
                  "2:16 'http_reqs{' names no metric, write it like \"http_req_duration{name:create job}\""));
}

double value(std::string_view text, const Series& series) {
  return value_of(parse_threshold(text, series.kind).value(), series, 10s).value();
}

TEST(Threshold, LooksAtANumber) {
  Series counter{.kind = Kind::counter};
  counter.add(50);
  EXPECT_EQ(value("count<1", counter), 50);
  EXPECT_EQ(value("rate<1", counter), 5) << "a second";
  Series rate{.kind = Kind::rate};
  rate.pass(true);
  rate.pass(false);
  rate.pass(false);
  rate.pass(false);
  EXPECT_EQ(value("rate<1%", rate), 0.25);
  Series gauge{.kind = Kind::gauge};
  gauge.set(9);
  gauge.set(4);
  EXPECT_EQ(value("value<1", gauge), 4);
  Series trend{.kind = Kind::trend};
  for (int i = 1; i <= 100; ++i) {
    trend.trend.record(std::chrono::milliseconds(i));
  }
  EXPECT_EQ(value("avg<1", trend), 50.5);
  EXPECT_EQ(value("min<1", trend), 1);
  EXPECT_EQ(value("max<1", trend), 100);
  EXPECT_NEAR(value("med<1", trend), 50, 0.05);
  EXPECT_NEAR(value("p(95)<1", trend), 95, 0.095);
}

TEST(Threshold, HasNoNumberWithoutSamples) {
  EXPECT_EQ(value_of(parse_threshold("rate<1%", Kind::rate).value(), {.kind = Kind::rate}, 10s),
            std::nullopt);
  EXPECT_EQ(value_of(parse_threshold("p(95)<1", Kind::trend).value(), {.kind = Kind::trend}, 10s),
            std::nullopt);
}

TEST(Threshold, SaysHowManySamplesItNeeds) {
  EXPECT_NEAR(samples_needed(parse_threshold("p(95)<1", Kind::trend).value()), 200, 1e-9);
  EXPECT_NEAR(samples_needed(parse_threshold("p(99)<1", Kind::trend).value()), 1000, 1e-9);
  EXPECT_EQ(samples_needed(parse_threshold("avg<1", Kind::trend).value()), 0);
}

}  // namespace
}  // namespace faultline::metrics
