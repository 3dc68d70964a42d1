#include "loadtest/result.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace faultline::loadtest {
namespace {

using namespace std::chrono_literals;
using metrics::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<load::Phase> kPhases = {{"calm", 10s}, {"storm", 5s}};

metrics::Threshold threshold(const char* of, const char* text, Kind kind) {
  auto read = metrics::parse_threshold(text, kind).value();
  read.of = metrics::parse_selector(of).value();
  return read;
}

TEST(ThresholdResult, IsOfTheSamplesThatItSelects) {
  metrics::Store store;
  store.series(Kind::counter, "http_reqs", {{"phase", "calm"}}).add(100);
  store.series(Kind::counter, "http_reqs", {{"phase", "storm"}}).add(100);
  const auto rate = [&](const char* of) {
    return judge(threshold(of, "rate>15", Kind::counter), store, kPhases, 20s);
  };
  EXPECT_EQ(rate("http_reqs").value, 10);
  EXPECT_EQ(rate("http_reqs{phase:calm}").value, 10) << "a phase's rate is of the phase's length";
  EXPECT_EQ(rate("http_reqs{phase:storm}").value, 20);
  EXPECT_EQ(rate("http_reqs{phase:calm}").verdict, Verdict::failed);
  EXPECT_EQ(rate("http_reqs{phase:storm}").verdict, Verdict::passed);
}

TEST(ThresholdResult, IsNoVerdictOnTooFewSamples) {
  metrics::Store store;
  auto& series = store.series(Kind::trend, "http_req_duration", {});
  const auto verdict = [&] {
    return judge(threshold("http_req_duration", "p(95)<200", Kind::trend), store, kPhases, 20s).verdict;
  };
  EXPECT_EQ(verdict(), Verdict::invalid) << "no sample";
  for (int i = 0; i < 199; ++i) {
    series.trend.record(10ms);
  }
  EXPECT_EQ(verdict(), Verdict::invalid) << "fewer than ten beyond the 95th percentile";
  series.trend.record(10ms);
  EXPECT_EQ(verdict(), Verdict::passed);
}

TEST(TargetResult, IsATargetMetOrAWarningOrCritical) {
  for (const auto& [count, level] :
       {std::pair{100.0, Level::target}, {75.0, Level::warning}, {10.0, Level::critical}}) {
    metrics::Store store;
    store.series(Kind::counter, "http_reqs", {}).add(count);
    const Target target{threshold("http_reqs", "rate>=100", Kind::counter),
                        threshold("http_reqs", "rate>=50", Kind::counter)};
    EXPECT_EQ(judge(target, store, kPhases, 1s).level, level);
  }
  const Target target{threshold("http_reqs", "rate>=100", Kind::counter),
                      threshold("http_reqs", "rate>=50", Kind::counter)};
  EXPECT_EQ(judge(target, {}, kPhases, 1s).level, Level::unknown);
}

TEST(Generator, IsInvalidWhenItDoesNotKeepUp) {
  Generator good{.planned = 1000, .due = 1000, .started = 990, .dropped = 10, .late = 9};
  judge(good, {});
  EXPECT_THAT(good.problems, IsEmpty());
  Generator dropped{.planned = 1000, .due = 1000, .started = 980, .dropped = 20};
  judge(dropped, {});
  EXPECT_THAT(dropped.problems, ElementsAre(HasSubstr("20 of 1000 arrivals that were due were not started")));
  Generator late{.planned = 1000, .due = 1000, .started = 1000, .late = 11};
  judge(late, {});
  EXPECT_THAT(late.problems,
              ElementsAre(HasSubstr("1.1% of the arrivals were started more than 100ms after")));
}

TEST(Result, IsNoVerdictOnTheServiceWhereTheGeneratorDidNotKeepUp) {
  Result result;
  EXPECT_EQ(result.verdict(), Verdict::passed);
  result.thresholds = {{.verdict = Verdict::invalid}};
  EXPECT_EQ(result.verdict(), Verdict::invalid);
  result.thresholds.push_back({.verdict = Verdict::failed});
  EXPECT_EQ(result.verdict(), Verdict::failed);
  result.generator.problems = {"late"};
  EXPECT_EQ(result.verdict(), Verdict::invalid);
  EXPECT_EQ(exit_status(Verdict::invalid), 4);
}

}  // namespace
}  // namespace faultline::loadtest
