#include "core/draw.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

namespace faultline {
namespace {

TEST(Draw, IsAFunctionOfSeedStreamAndIndexAlone) {
  const auto first = draw(7, "arrival", 3, 1, 4);
  draw(8, "arrival", 3, 1, 4);  // whatever else is drawn in between
  EXPECT_EQ(draw(7, "arrival", 3, 1, 4), first);
  std::set<std::uint64_t> distinct = {first,
                                      draw(8, "arrival", 3, 1, 4),
                                      draw(7, "user", 3, 1, 4),
                                      draw(7, "arrival", 4, 1, 4),
                                      draw(7, "arrival", 3, 2, 4),
                                      draw(7, "arrival", 3, 1, 5)};
  EXPECT_EQ(distinct.size(), 6U) << "a change of any argument must change the draw";
}

// A recorded run must replay with a later build: these values are a contract.
TEST(Draw, KeepsItsValuesBetweenVersions) {
  EXPECT_EQ(draw(1, "arrival", 0), 8130712298315913767ULL);
  EXPECT_EQ(Draws(42, "ledger.charge", 17).hex(16), "ad46bfda9d94ae07") << "a draw of a known seed changed";
}

TEST(Draws, CountTheLastIndex) {
  Draws draws(7, "arrival", 3);
  EXPECT_EQ(draws.bits(), draw(7, "arrival", 3, 0, 0));
  EXPECT_EQ(draws.bits(), draw(7, "arrival", 3, 0, 1));
}

TEST(Draws, StayInTheirRangesAndFillThem) {
  std::array<int, 6> seen{};
  double sum = 0, exponential = 0;
  constexpr int kDraws = 60'000;
  for (int i = 0; i < kDraws; ++i) {
    Draws draws(1, "range", static_cast<std::uint64_t>(i));
    const double unit = draws.unit();
    ASSERT_GE(unit, 0);
    ASSERT_LT(unit, 1);
    sum += unit;
    ++seen.at(draws.below(6));
    exponential += draws.exponential(3);
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.01);
  EXPECT_NEAR(exponential / kDraws, 3, 0.06);
  for (const int count : seen) {
    EXPECT_NEAR(count, kDraws / 6.0, 400) << "each of 6 values should come about equally often";
  }
}

TEST(Draws, GiveHexOfAnyLength) {
  Draws draws(1, "hex", 0);
  EXPECT_EQ(draws.hex(0), "");
  const std::string text = draws.hex(37);
  EXPECT_EQ(text.size(), 37U);
  EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos) << text;
}

}  // namespace
}  // namespace faultline
