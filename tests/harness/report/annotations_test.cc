#include "report/annotations.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "example.h"

namespace faultline::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find('\n', from);
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

TEST(Annotations, PutWhatFailedBesideTheScenario) {
  const auto lines = lines_of(to_annotations(suite_of(failed_example())));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(
      lines[3],
      "::error file=suites/playbook/redis-down.toml,title=redis-down%3A expectation failed::expectation in "
      "incident: http_req_failed rate < 1%25%0A3.42%25, wanted < 1%25 (2.42 points over)%0A27 of 790 "
      "requests%0Arun it again: faultline run suites/playbook/redis-down.toml --seed 7");
}

TEST(Annotations, HaveTheWorstFirst) {
  const auto lines = lines_of(to_annotations(suite_example()));
  ASSERT_EQ(lines.size(), 9U);
  const std::vector<std::string> titles = {
      "redis-killed%3A no environment", "redis-down%3A invariant failed", "%3A invariant failed",
      "redis-down%3A budget failed",    "redis-down%3A recovery failed",  "redis-down%3A expectation failed",
      "redis-down%3A symptom failed",   "%3A validity invalid",           "redis-slow%3A not run",
  };
  for (std::size_t i = 0; i < titles.size(); ++i) {
    EXPECT_THAT(lines[i], HasSubstr(titles[i] + "::")) << i;
    EXPECT_THAT(lines[i], StartsWith(i < 7 ? "::error " : "::warning "));
  }
}

TEST(Annotations, SayWhyTheRunWasNoTestBeforeWhatWasNotJudgedForIt) {
  auto result = nasty_example();
  result.checks[2].verdict = result::Verdict::invalid;
  std::swap(result.checks[0], result.checks[2]);
  const auto lines = lines_of(to_annotations(suite_of(result)));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("invariant failed::"));
  EXPECT_THAT(lines[1], HasSubstr("validity invalid::"));
  EXPECT_THAT(lines[2], HasSubstr("symptom invalid::"));
}

TEST(Annotations, AreNoOtherCommandWhateverTheTextHolds) {
  const auto lines = lines_of(to_annotations(suite_of(nasty_example())));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0],
              StartsWith("::error file=odd%2C 100%25%3A a%0Ab.toml,title=a|b <i>&\"'%3A invariant "
                         "failed::invariant in x|y: <b> \"quoted\" 'single' & ${a} ${b}%0A``, wanted "
                         "\\|%0A::error::no command%0Arun it again: "));
  EXPECT_THAT(lines[1], HasSubstr("%0Ac%0D%0Ad, wanted a\tb (| pipe |)%0Aline one%0Aline two ]]> "));
}

TEST(Annotations, LeaveTheFileOutWhereItIsNotKnown) {
  auto result = failed_example();
  result.file.clear();
  EXPECT_THAT(to_annotations(suite_of(result)), StartsWith("::error title=redis-down%3A invariant failed::"));
}

TEST(Annotations, AreAtMostTenAndTheLastSaysHowManyMore) {
  result::Suite suite{"0.1.0", {failed_example(), failed_example(), nasty_example(), failed_example()}};
  const auto lines = lines_of(to_annotations(suite));
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_THAT(lines[9], ::testing::EndsWith("%0Aand 7 more, which are not shown here"));
  EXPECT_THAT(lines[8], Not(HasSubstr("more, which")));
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.find("invariant failed") != line.npos; }),
            4);
}

TEST(Annotations, AreNoneWhenAllHeld) {
  EXPECT_EQ(to_annotations(suite_of(held_example())), "");
}

}  // namespace
}  // namespace faultline::report
