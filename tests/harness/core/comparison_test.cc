#include "core/comparison.h"

#include <gtest/gtest.h>

namespace faultline {
namespace {

TEST(Comparison, HoldsOnItsSideOfTheTargetAndAtIt) {
  struct Case {
    const char* text;
    bool below, at, above;
  };
  for (const Case& c :
       {Case{"< 5", true, false, false}, Case{"<= 5", true, true, false}, Case{"> 5", false, false, true},
        Case{">= 5", false, true, true}, Case{"== 5", false, true, false}, Case{"!= 5", true, false, true}}) {
    const auto comparison = parse_comparison(c.text);
    ASSERT_TRUE(comparison) << c.text;
    EXPECT_EQ(comparison->holds(4.5), c.below) << "4.5 " << c.text;
    EXPECT_EQ(comparison->holds(5), c.at) << "5 " << c.text;
    EXPECT_EQ(comparison->holds(5.5), c.above) << "5.5 " << c.text;
    EXPECT_EQ(to_text(*comparison), c.text);
  }
}

TEST(Comparison, ReadsAnOperatorAndANumberAndNothingElse) {
  EXPECT_EQ(parse_comparison(" >=-0.5 ")->target, -0.5) << "blanks may stand around it, and need not inside";
  EXPECT_EQ(parse_comparison("===1")->comparator, Comparator::equal) << "k6 writes === too";
  for (const char* wrong : {"", "5", ">", "> five", "> 5/s", "=> 5", "= 5", "> inf", "> nan", "> 5 6"}) {
    EXPECT_FALSE(parse_comparison(wrong)) << "'" << wrong << "' is no comparison";
  }
}

}  // namespace
}  // namespace faultline
