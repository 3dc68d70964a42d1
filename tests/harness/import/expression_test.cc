#include "import/expression.h"

#include <gmock/gmock.h>

namespace faultline::import {
namespace {

using Kind = Expression::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Expression only(std::string_view text) {
  const auto pieces = parse_expressions(text);
  return pieces.size() == 1 ? pieces.front() : Expression{Kind::text, "not one piece"};
}

TEST(Expression, StandsBetweenCharacters) {
  EXPECT_THAT(parse_expressions("/jobs/{{ jobId }}/run"),
              ElementsAre(Expression{Kind::text, "/jobs/"}, Expression{Kind::variable, "jobId"},
                          Expression{Kind::text, "/run"}));
  EXPECT_THAT(parse_expressions(""), IsEmpty());
}

TEST(Expression, WithoutAnEndIsCharacters) {
  EXPECT_EQ(only("{{ jobId"), (Expression{Kind::text, "{{ jobId"}));
}

TEST(Expression, OfTheEnvironmentMayHaveADefault) {
  EXPECT_EQ(only("{{ $processEnvironment.URL }}"), (Expression{Kind::environment, "URL"}));
  EXPECT_EQ(only("{{$env.URL}}"), (Expression{Kind::environment, "URL"}));
  EXPECT_EQ(only("{{ $processEnvironment['URL'] || 'http://a' }}"),
            (Expression{Kind::environment, "URL", "http://a"}));
  EXPECT_EQ(only("{{ $processEnvironment.RATE || 10 }}"), (Expression{Kind::environment, "RATE", "10"}));
}

TEST(Expression, OfARandomValueHasItsBounds) {
  EXPECT_EQ(only("{{ $randomString() }}").most, 10);
  EXPECT_EQ(only("{{ $randomString(8) }}").most, 8);
  EXPECT_EQ(only("{{ $randomString(800) }}").most, 64) << "the longest that a flow can draw";
  EXPECT_EQ(only("{{ $randomNumber(1, 6) }}").least, 1);
  EXPECT_EQ(only("{{ $randomNumber(1, 6) }}").most, 6);
  EXPECT_EQ(only("{{ $uuid() }}").kind, Kind::uuid);
  EXPECT_EQ(only("{{ $uuid }}").kind, Kind::uuid);
}

TEST(Expression, OfAnythingElseIsKeptAsItIs) {
  EXPECT_EQ(only("{{ a + b }}"), (Expression{Kind::other, "a + b"}));
  EXPECT_EQ(only("{{ $randomNumber(1) }}").kind, Kind::other);
}

}  // namespace
}  // namespace faultline::import
