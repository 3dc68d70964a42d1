#include "metrics/store.h"

#include <gmock/gmock.h>

namespace faultline::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Selector, IsReadAsK6WritesIt) {
  EXPECT_EQ(parse_selector("http_reqs"), (Selector{"http_reqs"}));
  EXPECT_EQ(parse_selector("http_reqs{phase:peak, name:GET /a:b}"),
            (Selector{"http_reqs", {{"phase", "peak"}, {"name", "GET /a:b"}}}));
  EXPECT_EQ(to_text(parse_selector("http_reqs{phase:peak,name:x}").value()), "http_reqs{name:x,phase:peak}");
  for (const char* wrong : {"", "{a:b}", "m{", "m{a}", "m{:b}", "m{a:b,}"}) {
    EXPECT_EQ(parse_selector(wrong), std::nullopt) << wrong;
  }
}

TEST(Store, AddsUpTheSeriesThatHaveTheTags) {
  Store store;
  store.series(Kind::counter, "reqs", {{"phase", "a"}, {"name", "x"}}).add(1);
  store.series(Kind::counter, "reqs", {{"phase", "a"}, {"name", "y"}}).add(2);
  store.series(Kind::counter, "reqs", {{"phase", "b"}, {"name", "x"}}).add(4);
  EXPECT_EQ(store.select({"reqs"})->count, 7);
  EXPECT_EQ(store.select({"reqs", {{"phase", "a"}}})->count, 3);
  EXPECT_EQ(store.select({"reqs", {{"phase", "a"}, {"name", "x"}}})->count, 1);
  EXPECT_FALSE(store.select({"reqs", {{"phase", "c"}}}));
  EXPECT_FALSE(store.select({"other"}));
  EXPECT_THAT(store.values("reqs", "name"), ElementsAre("x", "y"));
  EXPECT_THAT(store.metrics(), ElementsAre(Pair("reqs", Kind::counter)));
}

TEST(Store, KeepsASeriesWhereItIs) {
  Store store;
  Series& first = store.series(Kind::rate, "failed", {});
  for (int i = 0; i < 100; ++i) {
    store.series(Kind::rate, "failed", {{"i", std::to_string(i)}});
  }
  first.pass(true);
  EXPECT_EQ(store.select({"failed"})->passed, 1U);
}

TEST(Store, AddsUpWithOthers) {
  Store a, b;
  a.series(Kind::rate, "failed", {{"phase", "a"}}).pass(true);
  b.series(Kind::rate, "failed", {{"phase", "a"}}).pass(false);
  b.series(Kind::rate, "failed", {{"phase", "b"}}).pass(true);
  b.series(Kind::gauge, "vus", {}).set(5);
  a.series(Kind::gauge, "vus", {}).set(3);
  a.merge(b);
  const Series sum = *a.select({"failed"});
  EXPECT_EQ(sum.samples, 3U);
  EXPECT_EQ(sum.passed, 2U);
  EXPECT_EQ(a.select({"vus"})->value, 8);
}

}  // namespace
}  // namespace faultline::metrics
