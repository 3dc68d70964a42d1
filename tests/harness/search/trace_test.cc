#include "search/trace.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace faultline::search {
namespace {

using nlohmann::ordered_json;

ordered_json point(const std::string& cause, const std::string& operation, std::uint64_t nth,
                   const std::string& known = "header") {
  return {{"kind", "fault_point"}, {"dependency", "redis"}, {"operation", operation},
          {"cause", cause},        {"known", known},        {"nth", nth}};
}
ordered_json decision(const std::string& cause, const std::string& operation, std::uint64_t nth) {
  return {{"kind", "decision"}, {"fault", "misses"}, {"dependency", "redis"},
          {"connection", 3},    {"effect", "miss"},  {"operation", operation},
          {"edge", "response"}, {"cause", cause},    {"known", "header"},
          {"nth", nth}};
}
ordered_json outcome(std::uint64_t k, const std::string& what) {
  return {{"kind", "outcome"}, {"k", k}, {"outcome", what}};
}

TEST(Trace, DoesNotDependOnTheOrderInWhichThingsHappened) {
  const std::vector<ordered_json> journal = {point("2", "GET a", 1), point("10", "SET b", 1),
                                             outcome(2, "acked"),    decision("2", "GET a", 1),
                                             point("2", "GET a", 2), outcome(10, "unknown")};
  const Trace trace = read_trace(journal);
  EXPECT_EQ(to_text(trace),
            "2  redis     GET a #1\n"
            "2  redis     GET a #1  response: miss by \"misses\"\n"
            "2  redis     GET a #2\n"
            "2  outcome   acked\n"
            "10  redis     SET b #1\n"
            "10  outcome   unknown\n");
  std::vector<ordered_json> backwards(journal.rbegin(), journal.rend());
  EXPECT_EQ(to_text(read_trace(backwards)), to_text(trace));
}

TEST(Trace, LeavesOutBackgroundAndWhatDependsOnOrder) {
  ordered_json by_order = decision("1", "GET a", 1);
  by_order["by_order"] = true;
  const Trace trace = read_trace({point("background", "BLPOP q", 1, "background"),
                                  by_order,
                                  {{"kind", "decision"}, {"fault", "refuses"}, {"effect", "nothing listens"}},
                                  point("1", "GET a", 1, "value")});
  EXPECT_EQ(to_text(trace), "1  redis     GET a #1\n");
  EXPECT_EQ(trace.by_order, 1U);
  EXPECT_EQ(describe_known(trace), "2 fault points: 1 by value, 1 background");
}

TEST(Diff, NamesTheFirstCauseThatDiffersAndItsFirstLine) {
  const Trace a = read_trace({point("1", "GET a", 1), point("2", "GET a", 1), point("3", "GET a", 1)});
  EXPECT_EQ(to_text(diff(a, a), "before", "now"), "identical: 3 causes\n");
  const Trace b = read_trace({point("1", "GET a", 1), point("2", "GET b", 1), point("4", "GET a", 1)});
  const Difference difference = diff(a, b);
  EXPECT_EQ(difference.same, 1U);
  EXPECT_EQ(difference.causes, 4U);
  EXPECT_EQ(to_text(difference, "before", "now"),
            "identical for 1 of 4 causes; the first difference is in cause 2:\n"
            "  before  redis     GET a #1\n"
            "  now     redis     GET b #1\n");
  const Trace shorter = read_trace({point("1", "GET a", 1), point("3", "GET a", 1)});
  EXPECT_EQ(diff(a, shorter).first->b, "");
}

TEST(Trace, NamesTheJourneysOfUsersByUserAndIteration) {
  const Trace trace = read_trace({point("3000000007", "GET a", 1), outcome(3'000'000'007, "acked"),
                                  point("17", "GET a", 1), point("setup", "GET a", 1)});
  EXPECT_EQ(to_text(trace),
            "17  redis     GET a #1\n"
            "user 3.7  redis     GET a #1\n"
            "user 3.7  outcome   acked\n")
      << "a setup is no arrival";
}

TEST(Diff, TakesNoJourneyThatOnlyOneRunCameToBeginForADivergence) {
  const Trace fast = read_trace({point("17", "GET a", 1), outcome(1'000'000'001, "acked"),
                                 outcome(1'000'000'002, "acked"), outcome(1'000'000'003, "acked")});
  const Trace slow = read_trace({point("17", "GET a", 1), outcome(1'000'000'001, "acked")});
  const Difference difference = diff(fast, slow);
  EXPECT_FALSE(difference.first);
  EXPECT_EQ(
      to_text(difference, "then", "now"),
      "identical for 2 of 4 causes; the others are journeys of users that were begun in one run alone: 2 "
      "then, 0 now\n");
  const Trace other = read_trace({point("17", "GET a", 1), outcome(1'000'000'001, "failed")});
  EXPECT_EQ(to_text(diff(fast, other), "then", "now"),
            "identical for 1 of 4 causes; the first difference is in cause user 1.1:\n"
            "  then  outcome   acked\n"
            "  now   outcome   failed\n"
            "journeys of users that were begun in one run alone: 2 then, 0 now\n");
  const Trace without = read_trace({outcome(1'000'000'001, "acked")});
  EXPECT_EQ(diff(slow, without).first->cause, 17U)
      << "an arrival that was planned is in both, or they differ";
}

}  // namespace
}  // namespace faultline::search
