// Decisions are pure: of the fault point, and of nothing else.

#include "fault/decide.h"

#include <gtest/gtest.h>

#include <map>

namespace faultline::fault {
namespace {

class Anything final : public Subject {
 public:
  bool any(Field /*field*/, std::string_view /*name*/, const Test& /*test*/) const override { return true; }
};

std::shared_ptr<Rule> rule(const std::string& name, const Fault& fault, Edge edge = Edge::request) {
  auto made = std::make_shared<Rule>();
  made->name = name;
  made->fault = fault;
  made->edge = edge;
  made->of_messages = true;
  return made;
}

struct Deciding {
  std::vector<std::shared_ptr<const Rule>> rules;
  State state;
  Seed seed = 1;

  Decision decide(std::uint64_t cause, std::uint64_t nth, const std::string& operation = "GET a",
                  std::uint64_t in_phase = 0) {
    const Cause of{.key = cause, .number = cause, .in_phase = in_phase, .name = std::to_string(cause)};
    return fault::decide(rules, Anything{}, {"redis", operation, &of, Known::header, nth}, seed, state);
  }
  bool acts(std::uint64_t cause, std::uint64_t nth, const std::string& operation = "GET a") {
    return decide(cause, nth, operation).request.effect.has_value();
  }
  // Of the first twenty messages of one cause, or of the first of twenty causes.
  std::string of_cause() {
    std::string text;
    for (std::uint64_t nth = 1; nth <= 20; ++nth) {
      text += acts(1, nth) ? 'x' : '.';
    }
    return text;
  }
  std::string of_arrivals() {
    std::string text;
    for (std::uint64_t cause = 1; cause <= 20; ++cause) {
      text += acts(cause, 1) ? 'x' : '.';
    }
    return text;
  }
};

TEST(Decide, CountsWithinACause) {
  Deciding deciding;
  const auto made = rule("r", LoseAnswer{});
  deciding.rules = {made};
  made->when = {.first = 2};
  EXPECT_EQ(deciding.of_cause(), "xx..................");
  made->when = {.nth = 3};
  EXPECT_EQ(deciding.of_cause(), "..x.................");
  made->when = {.every = 5};
  EXPECT_EQ(deciding.of_cause(), "....x....x....x....x");
  made->when = {.after = 17};
  EXPECT_EQ(deciding.of_cause(), ".................xxx");
  made->when = {.every = 2, .first = 9, .after = 3};
  EXPECT_EQ(deciding.of_cause(), "...x.x.x............");
  made->when = {.every = 2, .at_most = 3};
  EXPECT_EQ(deciding.of_cause(), ".x.x.x..............");
  EXPECT_FALSE(deciding.decide(1, 2).request.effect) << "its budget is spent";
  EXPECT_TRUE(deciding.decide(2, 2).request.effect) << "another cause has its own";
  EXPECT_FALSE(deciding.decide(2, 2).request.effect->by_order);
}

TEST(Decide, CountsArrivals) {
  Deciding deciding;
  const auto made = rule("r", LoseAnswer{});
  deciding.rules = {made};
  made->when = {.of = When::Of::arrivals, .every = 3, .at_most = 4};
  EXPECT_EQ(deciding.of_arrivals(), "..x..x..x..x........");
  EXPECT_EQ(deciding.of_arrivals(), "..x..x..x..x........") << "no state is behind it";
  EXPECT_FALSE(deciding.acts(0, 3)) << "background is no arrival";
  made->during = {"incident"};
  made->when = {.of = When::Of::arrivals, .first = 1};
  EXPECT_TRUE(deciding.decide(17, 1, "GET a", 1).request.effect) << "the first one of its phase";
  EXPECT_FALSE(deciding.decide(1, 1, "GET a", 17).request.effect);
}

TEST(Decide, CountsTheRunInItsOrderAndSaysSo) {
  Deciding deciding;
  const auto made = rule("r", LoseAnswer{});
  deciding.rules = {made};
  made->when = {.of = When::Of::run, .every = 3};
  EXPECT_FALSE(deciding.acts(9, 1));
  EXPECT_FALSE(deciding.acts(2, 1, "SET b"));
  const Decision third = deciding.decide(5, 1);
  ASSERT_TRUE(third.request.effect);
  EXPECT_TRUE(third.request.effect->by_order);
  made->when = {.of = When::Of::run, .at_most = 2};
  EXPECT_EQ(deciding.of_arrivals(), "xx..................");
}

TEST(Decide, DrawsFromTheFaultPoint) {
  const auto made = rule("r", LoseAnswer{});
  made->when.probability = 0.3;
  const auto draw_all = [&](Seed seed, bool backwards) {
    Deciding deciding{{made}, {}, seed};
    std::map<std::pair<std::uint64_t, std::uint64_t>, bool> drawn;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
      const std::uint64_t k = backwards ? 999 - i : i;
      drawn[{k / 2 + 1, k % 2 + 1}] = deciding.acts(k / 2 + 1, k % 2 + 1);
    }
    return drawn;
  };
  const auto drawn = draw_all(1, false);
  EXPECT_EQ(drawn, draw_all(1, true)) << "the order does not matter";
  EXPECT_NE(drawn, draw_all(2, false));
  const auto acted = std::count_if(drawn.begin(), drawn.end(), [](const auto& one) { return one.second; });
  EXPECT_NEAR(static_cast<double>(acted), 300, 60);
  Deciding deciding{{made}, {}, 1};
  EXPECT_TRUE(deciding.decide(0, 1).request.effect ? deciding.decide(0, 1).request.effect->by_order : true)
      << "messages of no known cause are told apart by their order";
}

TEST(Decide, AddsDelaysAndTakesTheFirstOtherEffectOfEachEdge) {
  Deciding deciding;
  deciding.rules = {rule("slow", Delay{std::chrono::seconds(1)}, Edge::both),
                    rule("slower", Delay{std::chrono::seconds(2)}, Edge::response),
                    rule("first", LoseAnswer{}, Edge::response), rule("second", Cut{}, Edge::response)};
  const Decision decision = deciding.decide(1, 1);
  EXPECT_EQ(decision.request.delay(), std::chrono::seconds(1));
  EXPECT_FALSE(decision.request.effect);
  EXPECT_EQ(decision.response.delay(), std::chrono::seconds(3));
  ASSERT_TRUE(decision.response.effect);
  EXPECT_EQ(decision.response.effect->rule->name, "first");
}

TEST(Decide, DrawsTheJitterOfADelay) {
  Deciding deciding;
  deciding.rules = {rule("slow", Delay{std::chrono::milliseconds(100), std::chrono::milliseconds(50)})};
  const Duration first = deciding.decide(1, 1).request.delay(),
                 second = deciding.decide(1, 2).request.delay();
  EXPECT_NE(first, second);
  EXPECT_EQ(first, deciding.decide(1, 1).request.delay());
  EXPECT_GE(first, std::chrono::milliseconds(50));
  EXPECT_LE(first, std::chrono::milliseconds(150));
}

TEST(Decide, IsForTenants) {
  Deciding deciding;
  const auto made = rule("r", LoseAnswer{});
  made->when.for_tenant = {Pattern::of_glob("tenant-a", false)};
  const Cause a{.key = 1, .tenant = "tenant-a"}, b{.key = 2, .tenant = "tenant-b"};
  State state;
  EXPECT_FALSE(decide({made}, Anything{}, {"redis", "GET", &a, Known::header, 1}, 1, state).empty());
  EXPECT_TRUE(decide({made}, Anything{}, {"redis", "GET", &b, Known::header, 1}, 1, state).empty());
}

TEST(Glob, TakesTheWholeText) {
  EXPECT_TRUE(glob("response:*", "response:17"));
  EXPECT_TRUE(glob("*", ""));
  EXPECT_TRUE(glob("a?c*e", "abcdde"));
  EXPECT_TRUE(glob("*ab*ab", "xxababab"));
  EXPECT_FALSE(glob("response:*", "a response:17"));
  EXPECT_FALSE(glob("a", "ab"));
  EXPECT_FALSE(glob("ab", "a"));
  EXPECT_FALSE(glob("SELECT *", "select 1"));
  EXPECT_TRUE(glob("SELECT *", "select 1", true));
}

}  // namespace
}  // namespace faultline::fault
