// What a parser of GitHub's Markdown makes of it is in markdown.test.mjs.

#include "report/markdown.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "example.h"

namespace faultline::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Markdown, BeginsWithATableOfTheScenarios) {
  EXPECT_THAT(
      to_markdown(suite_example()),
      HasSubstr(
          "### Faultline: 4 of 5 scenarios did not hold\n"
          "\n"
          "| scenario | verdict | recovery | steady | incident | recovery | idle | x\\|y | budget spent |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
          "| stripe-hangs | held | 1.23 s | 12.3 ms, 0.00% | 41.0 ms, 0.13% | 13.0 ms, 0.00% | -, "
          "0.00% | - | 42.00% |\n"
          "| redis-down | **failed** | - | 12.3 ms, 0.00% |"));
  EXPECT_THAT(to_markdown(suite_example()),
              HasSubstr("| redis-killed | **error** | - | - | - | - | - | - | - |\n"
                        "| redis-slow | not run | - | - | - | - | - | - | - |\n"));
  EXPECT_THAT(to_markdown(suite_of(held_example())), HasSubstr("### Faultline: 1 scenario held\n"));
}

TEST(Markdown, SaysOfWhatDidNotHoldWhatWasWantedAndHowToSeeItAgain) {
  const std::string text = to_markdown(suite_of(failed_example()));
  EXPECT_THAT(text,
              HasSubstr("#### redis-down: failed\n\nRedis down, seed 7, Faultline 0.1.0, left in runs/x\n"));
  EXPECT_THAT(text,
              HasSubstr("| **failed** | expectation in incident: http_req_failed rate &lt; 1% | &lt; 1% | "
                        "3.42% | 2.42 points over | 27 of 790 requests |\n"));
  EXPECT_THAT(text, HasSubstr("3 other checks held. Run it again:\n\n```sh\n"
                              "faultline run suites/playbook/redis-down.toml --seed 7\n```\n"));
  EXPECT_THAT(text, Not(HasSubstr("1.00 points to spare"))) << "it held";
}

TEST(Markdown, FoldsWhatHeld) {
  const std::string text = to_markdown(suite_of(held_example()));
  EXPECT_THAT(text, HasSubstr("<details><summary>stripe-hangs: held (10 checks)</summary>\n\n"));
  EXPECT_THAT(text,
              HasSubstr("| held | symptom in incident: Jobs wait for Stripe | rate &gt; 1 | 68.8/s |  | seen "
                        "after 512 ms |\n"));
}

TEST(Markdown, SaysThatARunWasStopped) {
  EXPECT_THAT(to_markdown(suite_of(nasty_example())),
              HasSubstr(", stopped at its first failure: nothing else"));
  EXPECT_THAT(to_markdown(suite_of(failed_example())), Not(HasSubstr("stopped at")));
}

TEST(Markdown, CutsADetailThatIsALog) {
  auto result = failed_example();
  result.checks[2].detail = std::string(5000, 'x');
  const std::string text = to_markdown(suite_of(result));
  EXPECT_THAT(text, HasSubstr(std::string(1997, 'x') + "\xe2\x80\xa6 |\n"));
  EXPECT_THAT(text, Not(HasSubstr(std::string(1998, 'x'))));
}

TEST(Markdown, SaysWhyThereIsNoResult) {
  const std::string text = to_markdown(suite_example());
  EXPECT_THAT(text, HasSubstr("#### redis-killed: error\n\nport 16379 is taken\n\nend what listens there"));
  EXPECT_THAT(text, HasSubstr("#### redis-slow: not run\n\ndid not run: the suite was interrupted\n"));
}

TEST(Markdown, EscapesWhatIsMarkup) {
  EXPECT_EQ(in_markdown("a|b <i> & `c` *d* [e](f) #1 ~~g~~ \\"),
            "a\\|b &lt;i&gt; &amp; \\`c\\` \\*d\\* \\[e\\](f) \\#1 \\~\\~g\\~\\~ \\\\");
  EXPECT_EQ(in_markdown("http_req_failed _x_"), "http_req_failed \\_x\\_");
  EXPECT_EQ(in_markdown("a\nb\r\nc\td"), "a<br>b<br>c d");
  EXPECT_EQ(in_markdown("${a} @b"), "&#36;{a} &#64;b");
}

TEST(Markdown, FencesTheCommandWithMoreBackticksThanItHas) {
  EXPECT_THAT(to_markdown(suite_of(nasty_example())), HasSubstr("````sh\nfaultline run 'a\n```\nb.toml'"));
}

// So many that none of the limits below holds them.
result::Suite large() {
  result::Suite suite{"0.1.0", {}};
  for (int i = 0; i < 30; ++i) {
    suite.outcomes.emplace_back(i % 3 == 0 ? failed_example() : held_example());
  }
  return suite;
}

TEST(Markdown, LeavesOutDetailsOfWhatHeldFirst) {
  const std::size_t whole = to_markdown(large()).size();
  EXPECT_EQ(to_markdown(large(), whole), to_markdown(large())) << "all of it fits";
  const std::string text = to_markdown(large(), whole - 100);
  EXPECT_LE(text.size(), whole - 100);
  EXPECT_THAT(text, HasSubstr("| redis-down | **failed** |"));
  EXPECT_THAT(text, HasSubstr("<details>")) << "what fits is there";
  EXPECT_THAT(text, ::testing::EndsWith(fmt::format(
                        "\nLeft out, to stay below {} bytes: 1 scenario that held.\n", whole - 100)));
}

TEST(Markdown, ThenOfWhatDidNotThenOfTheTable) {
  const std::string most = to_markdown(large(), 6000);
  EXPECT_LE(most.size(), 6000U);
  EXPECT_THAT(most, Not(HasSubstr("<details>")));
  EXPECT_THAT(most, HasSubstr("#### redis-down: failed"));
  EXPECT_THAT(
      most, ::testing::ContainsRegex("Left out, to stay below 6000 bytes: [0-9]+ scenarios that did not hold"
                                     ".*, 20 scenarios that held.\n$"));
  const std::string little = to_markdown(large(), 1500);
  EXPECT_LE(little.size(), 1500U);
  EXPECT_THAT(little, ::testing::ContainsRegex("[0-9]+ rows of the table, 10 scenarios that did not hold, 20 "
                                               "scenarios that held"));
  for (std::size_t limit = 0; limit < 8000; limit += 97) {
    EXPECT_LE(to_markdown(large(), limit).size(), limit);
  }
}

TEST(Markdown, StaysBelowWhatGitHubTakesWhateverADetailHolds) {
  result::Result result = failed_example();
  for (result::Check& check : result.checks) {
    check.detail = std::string(1 << 16, '|');
  }
  result::Suite suite{"0.1.0", {}};
  for (int i = 0; i < 100; ++i) {
    suite.outcomes.emplace_back(result);
  }
  const std::string text = to_markdown(suite);
  EXPECT_LE(text.size(), kSummaryLimit - kSummaryRoom);
  EXPECT_GT(text.size(), kSummaryLimit / 2) << "as much as fits";
  EXPECT_THAT(text, HasSubstr("checks that did not hold"));
}

}  // namespace
}  // namespace faultline::report
