// That the page is whole and what it shows is what was written is in html.test.mjs.

#include "report/html.h"

#include <gmock/gmock.h>

#include "example.h"

namespace faultline::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Html, NamesTheRunAndHowToSeeItAgain) {
  const std::string text = to_html(suite_of(failed_example()));
  EXPECT_THAT(text, HasSubstr("<title>Faultline: redis-down failed</title>"));
  EXPECT_THAT(text, HasSubstr("<h2>Redis down <span class=\"soft\">redis-down</span> "
                              "<span class=\"verdict failed\">failed</span></h2>"));
  EXPECT_THAT(text, HasSubstr("<dt>seed</dt><dd>7</dd>\n<dt>Faultline</dt><dd>0.1.0</dd>\n"
                              "<dt>scenario</dt><dd>suites/playbook/redis-down.toml</dd>\n"
                              "<dt>left in</dt><dd>runs/x</dd>\n"));
  EXPECT_THAT(text, HasSubstr("<code class=\"repeat\">faultline run suites/playbook/redis-down.toml --seed "
                              "7</code>"));
}

TEST(Html, ShowsThePlaybookInItsOrderThenTheRest) {
  const std::string text = to_html(suite_of(held_example()));
  std::size_t at = 0;
  for (const char* next :
       {"<h3>Playbook</h3>", "incident in incident:", "symptom in incident:", "diagnosis in incident:",
        "workaround in incident:", "mitigation in incident:", "recovery in recovery:",
        "recovery:</span> recovered", "<h3>Expectations</h3>", "budget:</span>", "<h3>Invariants</h3>",
        "invariant:</span>", "<h3>Validity</h3>", "validity:</span>", "<h3>Phases</h3>",
        "<h3>Error budgets</h3>", "<h3>Levels</h3>"}) {
    const std::size_t found = text.find(next, at);
    ASSERT_NE(found, std::string::npos) << next;
    at = found;
  }
}

TEST(Html, GivesOfACheckWhatWasWantedAndWhatWas) {
  EXPECT_THAT(to_html(suite_of(failed_example())),
              HasSubstr("<tr><td><span class=\"verdict failed\">failed</span></td><td class=\"what\"><span "
                        "class=\"soft\">expectation in incident:</span> http_req_failed rate &lt; 1%<span "
                        "class=\"detail\">27 of 790 requests</span></td>"
                        "<td data-label=\"target\"><span class=\"text\">&lt; 1%</span></td>"
                        "<td data-label=\"actual\"><span class=\"text\">3.42%</span></td>"
                        "<td data-label=\"margin\"><span class=\"text\">2.42 points over</span></td></tr>"));
}

TEST(Html, ShowsTheArithmeticOfABudgetAndItsBurns) {
  const std::string text = to_html(suite_of(held_example()));
  EXPECT_THAT(text, HasSubstr("allowed = (1 &minus; 99.9%) &times; 2394 = 2.39; spent = 1 / 2.39 = "
                              "<strong class=\"held\">41.77%</strong>"));
  EXPECT_THAT(text, HasSubstr("It costs 0.184 min of the 43.2 min that 99.9% leaves in a month of 30 days."));
  EXPECT_THAT(text, HasSubstr("<tr><td>1h and 5m</td><td>1m and 5s</td><td class=\"number\">14.4x</td>"
                              "<td class=\"number\">8.25x</td><td>6.00 s to 11.0 s</td></tr>"));
  EXPECT_THAT(text, HasSubstr("<td class=\"number\">-</td><td>could not be told: too short</td>"));
}

TEST(Html, ShowsEachCheckOnce) {
  const result::Result result = failed_example();
  const std::string text = to_html(suite_of(result));
  std::size_t rows = 0;
  for (std::size_t at = text.find("<td class=\"what\">"); at != std::string::npos;
       at = text.find("<td class=\"what\">", at + 1)) {
    ++rows;
  }
  EXPECT_EQ(rows, result.checks.size());
}

TEST(Html, MarksABudgetThatIsOverspent) {
  auto result = held_example();
  result.budgets[1].spent = 2;
  EXPECT_THAT(to_html(suite_of(result)), HasSubstr("<strong class=\"failed\">200.00%</strong>"));
}

TEST(Html, ShowsLevels) {
  EXPECT_THAT(to_html(suite_of(held_example())),
              HasSubstr("<tr><td><span class=\"verdict failed\">critical</span></td><td class=\"what\">"
                        "http_req_duration p(95) in incident</td>"
                        "<td data-label=\"target\"><span class=\"text\">&lt; 30 ms</span></td>"
                        "<td data-label=\"warning\"><span class=\"text\">&lt; 40 ms</span></td>"
                        "<td data-label=\"actual\"><span class=\"text\">41.0 ms</span></td></tr>"));
}

TEST(Html, LeavesOutWhatThereIsNothingOf) {
  EXPECT_THAT(
      to_html(suite_of(failed_example())),
      AllOf(Not(HasSubstr("Error budgets")), Not(HasSubstr("Levels")), Not(HasSubstr("recovery</dt>"))));
  const std::string bare = to_html(suite_of(result::Result{}));
  EXPECT_THAT(bare, AllOf(Not(HasSubstr("<h3>")), Not(HasSubstr("<table"))));
}

TEST(Html, HasAnIndexOnlyOfSeveral) {
  const std::string text = to_html(suite_example());
  EXPECT_THAT(text, HasSubstr("<title>Faultline: 4 of 5 scenarios did not hold</title>"));
  EXPECT_THAT(text, HasSubstr("<tr><td><a href=\"#run-2\">redis-down</a></td><td><span class=\"verdict "
                              "failed\">failed</span></td><td class=\"number\">3 of 8</td><td "
                              "class=\"number\">-</td><td class=\"number\">150.00%</td></tr>"));
  EXPECT_THAT(text, HasSubstr("<article id=\"run-2\">"));
  EXPECT_THAT(to_html(suite_of(held_example())), Not(HasSubstr("href")));
}

TEST(Html, SaysWhyThereIsNoResultAndThatARunWasStopped) {
  const std::string text = to_html(suite_example());
  EXPECT_THAT(text, HasSubstr("<h2>redis-killed <span class=\"verdict error\">error</span></h2>\n"
                              "<p class=\"text\">port 16379 is taken</p>\n"
                              "<p class=\"text soft\">end what listens there, or choose another port</p>"));
  EXPECT_THAT(text, HasSubstr("<span class=\"verdict not-run\">not run</span>"));
  EXPECT_THAT(to_html(suite_of(nasty_example())), HasSubstr("Stopped at its first failure"));
}

TEST(Html, NeedsNothingElse) {
  const std::string text = to_html(suite_example());
  EXPECT_THAT(text, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("src=")), Not(HasSubstr("url(")),
                          Not(HasSubstr("<link")), Not(HasSubstr("http://")), Not(HasSubstr("https://"))));
}

}  // namespace
}  // namespace faultline::report
