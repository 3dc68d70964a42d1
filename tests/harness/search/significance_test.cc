#include "search/significance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace faultline::search {
namespace {

TEST(SignTest, IsTheBinomialDistributionOfBothSides) {
  EXPECT_DOUBLE_EQ(sign_test(0, 0), 1);
  EXPECT_DOUBLE_EQ(sign_test(3, 3), 1) << "more than one would be no probability";
  EXPECT_NEAR(sign_test(0, 10), 2.0 / 1024, 1e-12) << "heads ten times, or tails";
  EXPECT_NEAR(sign_test(10, 0), 2.0 / 1024, 1e-12);
  // (1 + 10 + 45) / 1024 on either side.
  EXPECT_NEAR(sign_test(2, 8), 112.0 / 1024, 1e-12);
}

TEST(SignTest, KeepsItsDigitsWithManyPairs) {
  // By the normal approximation with correction for continuity: z = (600 - 500.5) x 2 / sqrt(1000) = 6.293.
  EXPECT_NEAR(std::log10(sign_test(600, 400)), std::log10(std::erfc(6.293 / std::sqrt(2))), 0.1);
  EXPECT_GT(sign_test(500'300, 499'700), 0.5);
  EXPECT_LT(sign_test(510'000, 490'000), 1e-80);
}

TEST(FisherTest, IsTheHypergeometricDistributionOfBothSides) {
  // Fisher's tea: of 8 cups 4 are right, and she finds 3 of them. 34/70 by both sides; all four: 2/70.
  EXPECT_NEAR(fisher_test(3, 4, 1, 4), 34.0 / 70, 1e-12);
  EXPECT_NEAR(fisher_test(4, 4, 0, 4), 2.0 / 70, 1e-12);
  EXPECT_NEAR(fisher_test(0, 4, 4, 4), 2.0 / 70, 1e-12);
  EXPECT_NEAR(fisher_test(5, 10, 50, 100), 1, 1e-9) << "the same share";
  EXPECT_DOUBLE_EQ(fisher_test(0, 10, 0, 10), 1) << "nothing is bad";
  EXPECT_DOUBLE_EQ(fisher_test(0, 0, 3, 10), 1);
}

TEST(FisherTest, KeepsItsDigitsWithManySamples) {
  EXPECT_LT(fisher_test(3'000, 10'000, 1'000, 9'000), 1e-80);
  EXPECT_GT(fisher_test(1'000, 10'000, 910, 9'000), 0.5);
}

std::vector<double> up_to(int n) {
  std::vector<double> numbers(static_cast<std::size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 1.0);
  return numbers;
}

TEST(QuantileInterval, IsBetweenTwoOrderStatistics) {
  // 100 x 0.5 -/+ 3.2905 x 5 = 33.5 and 66.5: the ranks 33 and 67, from 0.
  const auto interval = quantile_interval(up_to(100), 0.5);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 34);
  EXPECT_EQ(interval->high, 68);
}

TEST(QuantileInterval, SaysNothingOfTooFew) {
  EXPECT_FALSE(quantile_interval({}, 0.95));
  // 200 x 0.95 + 3.2905 x 3.08 = 200.1: beyond the last.
  EXPECT_FALSE(quantile_interval(up_to(200), 0.95));
  EXPECT_TRUE(quantile_interval(up_to(250), 0.95));
}

TEST(Quantile, IsAtTheNearestRank) {
  EXPECT_EQ(quantile_of(up_to(10), 0.5), 5);
  EXPECT_EQ(quantile_of(up_to(10), 0.95), 10);
  EXPECT_EQ(quantile_of(up_to(10), 0), 1);
}

}  // namespace
}  // namespace faultline::search
