#include "stream/shaper.h"

#include <gmock/gmock.h>

namespace faultline::stream {
namespace {

using namespace std::chrono_literals;
using fault::Edge;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

fault::Rule rule(const char* name, const fault::Fault& fault, Edge edge = Edge::both) {
  fault::Rule made;
  made.name = name;
  made.fault = fault;
  made.edge = edge;
  return made;
}

const Instant kStart{1s};

TEST(Shaper, IsIdleWithoutARuleForItsDirection) {
  Shaper shaper(1, 1, Way::to_client);
  shaper.set_rules({rule("d", fault::Delay{1s, 0s}, Edge::request), rule("r", fault::Refuse{})}, kStart);
  EXPECT_TRUE(shaper.idle());
  EXPECT_EQ(shaper.due(kStart), kStart);
}

TEST(Shaper, AddsDelaysUp) {
  Shaper shaper(1, 1, Way::to_client);
  shaper.set_rules({rule("a", fault::Delay{100ms, 0s}), rule("b", fault::Delay{50ms, 0s})}, kStart);
  EXPECT_EQ(shaper.due(kStart), kStart + 150ms);
  EXPECT_THAT(shaper.take_acted(), ElementsAre("a", "b"));
  EXPECT_THAT(shaper.take_acted(), IsEmpty()) << "each is told once";
}

TEST(Shaper, DrawsJitterFromSeedRuleConnectionAndChunk) {
  const auto dues = [](Seed seed, std::uint64_t connection) {
    Shaper shaper(seed, connection, Way::to_client);
    shaper.set_rules({rule("d", fault::Delay{100ms, 50ms})}, kStart);
    std::vector<Duration> list;
    list.reserve(20);
    for (int i = 0; i < 20; ++i) {
      list.push_back(shaper.due(kStart + i * 1s) - (kStart + i * 1s));
    }
    return list;
  };
  EXPECT_EQ(dues(1, 1), dues(1, 1));
  EXPECT_NE(dues(1, 1), dues(2, 1));
  EXPECT_NE(dues(1, 1), dues(1, 2));
  for (const Duration due : dues(1, 1)) {
    EXPECT_GE(due, 50ms);
    EXPECT_LE(due, 150ms);
  }
}

TEST(Shaper, NeverLetsAChunkOvertakeAnother) {
  Shaper shaper(1, 1, Way::to_client);
  shaper.set_rules({rule("d", fault::Delay{100ms, 100ms})}, kStart);
  Instant last = kStart;
  for (int i = 0; i < 100; ++i) {
    const Instant due = shaper.due(kStart + i * 1ms);
    EXPECT_GE(due, last);
    last = due;
  }
}

TEST(Shaper, PaysForWhatAThrottleLetThrough) {
  Shaper shaper(1, 1, Way::to_client);
  shaper.set_rules({rule("t", fault::Throttle{1000})}, kStart);
  EXPECT_EQ(shaper.allowance(kStart).bytes, 10U) << "a hundredth of a second's worth";
  shaper.wrote(10, kStart);
  EXPECT_EQ(shaper.allowance(kStart).bytes, 0U);
  EXPECT_EQ(shaper.allowance(kStart).again, kStart + 10ms);
  EXPECT_EQ(shaper.allowance(kStart + 10ms).bytes, 10U);
}

TEST(Shaper, MakesUpForALateTimerAsFarAsASlice) {
  Shaper shaper(1, 1, Way::to_client);
  shaper.set_rules({rule("t", fault::Throttle{1000})}, kStart);
  shaper.wrote(10, kStart);
  shaper.wrote(10, kStart + 14ms);  // it was due after 10 ms
  EXPECT_EQ(shaper.allowance(kStart + 14ms).again, kStart + 20ms);
  shaper.wrote(10, kStart + 1s);
  EXPECT_GT(shaper.allowance(kStart + 1s).bytes, 0U)
      << "a second's silence is worth one slice, not a hundred";
  shaper.wrote(10, kStart + 1s);
  EXPECT_EQ(shaper.allowance(kStart + 1s).bytes, 0U);
}

TEST(Shaper, CountsTheBytesUntilACutFromWhenTheRuleCameOn) {
  Shaper shaper(1, 1, Way::to_client);
  shaper.set_rules({rule("t", fault::Throttle{1e9})}, kStart);
  shaper.wrote(100, kStart);
  const std::vector<fault::Rule> rules = {rule("t", fault::Throttle{1e9}),
                                          rule("c", fault::Cut{fault::Cut::How::fin, 5})};
  shaper.set_rules(rules, kStart);
  EXPECT_EQ(shaper.allowance(kStart + 1s).bytes, 5U);
  EXPECT_EQ(shaper.cut(), std::nullopt);
  shaper.wrote(3, kStart + 1s);
  shaper.set_rules(rules, kStart + 2s);
  EXPECT_EQ(shaper.allowance(kStart + 2s).bytes, 2U) << "a rule that stays on goes on counting";
  shaper.wrote(2, kStart + 2s);
  EXPECT_EQ(shaper.cut(), fault::Cut::How::fin);
}

TEST(Shaper, HangsForItsTimeOrUntilItIsLifted) {
  Shaper shaper(1, 1, Way::to_client);
  shaper.set_rules({rule("h", fault::Hang{1s})}, kStart);
  EXPECT_EQ(shaper.allowance(kStart + 400ms).again, kStart + 1s);
  EXPECT_GT(shaper.allowance(kStart + 1s).bytes, 0U);
  shaper.set_rules({rule("for ever", fault::Hang{})}, kStart);
  EXPECT_EQ(shaper.allowance(kStart + 1h).bytes, 0U);
  EXPECT_EQ(shaper.allowance(kStart + 1h).again, std::nullopt);
}

TEST(Shaper, TellsAHangOnlyWhenItHeldSomethingBack) {
  Shaper shaper(1, 1, Way::to_client);
  shaper.set_rules({rule("h", fault::Hang{1s})}, kStart);
  EXPECT_THAT(shaper.take_acted(), IsEmpty());
  shaper.allowance(kStart);
  EXPECT_THAT(shaper.take_acted(), ElementsAre("h"));
}

}  // namespace
}  // namespace faultline::stream
