#include "load/course.h"

#include <gmock/gmock.h>

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<Phase> kPhases = {{"rise", 10s}, {"peak", 20s}, {"fall", 10s}};
const Course kHill = {.in = {{"rise", {0, 10}}, {"peak", {10, 10}}, {"fall", {10, 0}}}};

TEST(Course, IsNothingInAPhaseThatIsNotNamed) {
  const Course course{.in = {{"peak", {5, 5}}}};
  EXPECT_EQ(course.over("rise"), Level{});
  EXPECT_EQ(course.over("peak"), (Level{5, 5}));
  EXPECT_EQ(steady(3).over("any"), (Level{3, 3}));
}

TEST(Line, HasAnArea) {
  const Line line(kHill, kPhases);
  EXPECT_THAT(line.area(), DoubleEq(50 + 200 + 50));
  EXPECT_THAT(line.area(0), DoubleEq(50));
  EXPECT_THAT(line.area(1), DoubleEq(200));
  EXPECT_EQ(line.highest(), 10);
}

TEST(Line, TellsWhenSoMuchOfItsAreaHasPassed) {
  const Line line(kHill, kPhases);
  EXPECT_EQ(line.when(0), 0s);
  EXPECT_EQ(line.when(12.5), 5s) << "half of the rise has a quarter of its area";
  EXPECT_EQ(line.when(50), 10s);
  EXPECT_EQ(line.when(100), 15s);
  EXPECT_EQ(line.when(250 + 37.5), 35s) << "and half of the fall three quarters";
  EXPECT_EQ(line.when(300), std::nullopt);
}

TEST(Line, AddsUpNoErrorOverPhasesAtOneLevel) {
  const Line line(steady(3), {{"a", 1s}, {"b", 1s}});
  EXPECT_EQ(line.when(4), 1333333333ns);
}

TEST(Line, TellsWhenItIsAtALevel) {
  const Line line(kHill, kPhases);
  EXPECT_THAT(line.at_least(1), ElementsAre(Span{1s, 39s}));
  EXPECT_THAT(line.at_least(10), ElementsAre(Span{10s, 30s}));
  EXPECT_THAT(line.at_least(11), IsEmpty());
  const Line twice({.in = {{"rise", {2, 2}}, {"fall", {2, 2}}}}, kPhases);
  EXPECT_THAT(twice.at_least(2), ElementsAre(Span{0s, 10s}, Span{30s, 40s}));
}

}  // namespace
}  // namespace faultline::load
