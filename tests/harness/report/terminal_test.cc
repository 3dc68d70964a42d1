#include "report/terminal.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace faultline::report {
namespace {

using namespace std::chrono_literals;
using result::Check;
using result::Result;
using result::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

Result failed_run() {
  Result result;
  result.scenario = "redis-down";
  result.verdict = Verdict::failed;
  result.seed = 7;
  result.repeat = "faultline run suites/playbook/redis-down.toml --seed 7";
  result.directory = "runs/x";
  result.recovery = 1230ms;
  result.budget_spent = 0.42;
  result.ready_after = 412ms;
  result.phases = {{"steady", 10, 200, 812, 0, 4ms, 12300us, 20ms},
                   {"incident", 10, 200, 790, 27, 5ms, 41ms, 80ms}};
  result.checks = {Check{"expectation", "http_req_failed rate < 1%", "steady", "< 1%", "0.00%",
                         "1.00 points to spare", Verdict::held, "0 of 812"},
                   Check{"expectation", "http_req_failed rate < 1%", "incident", "< 1%", "3.42%",
                         "2.42 points over", Verdict::failed, "27 of 790 requests"}};
  return result;
}

TEST(TerminalReport, SaysWhatFailedWhereByHowMuchAndHowToRunItAgain) {
  const std::string text = to_terminal(failed_run(), {});
  EXPECT_THAT(text, HasSubstr("FAIL expectation in incident: http_req_failed rate < 1%\n"
                              "       3.42%, wanted < 1% (2.42 points over)\n"
                              "       27 of 790 requests\n"));
  EXPECT_THAT(text, HasSubstr("run it again: faultline run suites/playbook/redis-down.toml --seed 7\n"));
  EXPECT_THAT(text, HasSubstr("recovery 1.23 s, budget spent 42.00%, environment ready in 412 ms\n"));
}

TEST(TerminalReport, IsSilentAboutDetailsOfWhatHeldUnlessAsked) {
  EXPECT_THAT(to_terminal(failed_run(), {}), Not(HasSubstr("1.00 points to spare")));
  EXPECT_THAT(to_terminal(failed_run(), {.verbose = true}), HasSubstr("1.00 points to spare"));
}

TEST(TerminalReport, SaysThatARunWasStopped) {
  Result result = failed_run();
  EXPECT_THAT(to_terminal(result, {}), Not(HasSubstr("stopped")));
  result.stopped = true;
  EXPECT_THAT(to_terminal(result, {}),
              HasSubstr("  stopped at its first failure: nothing else was judged\n"));
}

TEST(TerminalReport, SaysWhatWentWrongBesideTheRun) {
  Result result = failed_run();
  result.notes = {"the teardown of flow 'f' ended at 'DELETE /x': HTTP 500"};
  EXPECT_THAT(to_terminal(result, {}),
              HasSubstr("  the teardown of flow 'f' ended at 'DELETE /x': HTTP 500\n"));
}

TEST(TerminalReport, KeepsTheNumbersBelowTheirDependencies) {
  Result result = failed_run();
  result.phases[0].calls_per_arrival = {{"redis", 3}, {"webhook_receiver", 1}};
  result.phases[1].calls_per_arrival = {{"redis", 2}};
  EXPECT_THAT(to_terminal(result, {}), HasSubstr("  calls per arrival     redis webhook_receiver\n"
                                                 "  steady                 3.00             1.00\n"
                                                 "  incident               2.00                -\n"));
}

// Of an outage of 10 s in a minute with 20 requests a second.
result::Budget outage() {
  result::Budget budget{.slo = "availability",
                        .target = 0.999,
                        .events = 1200,
                        .bad = 200,
                        .allowed = 1.2,
                        .spent = 200 / 1.2,
                        .cost_minutes = 10.0 / 60,
                        .month_minutes = 43.2};
  budget.burns = {
      {.threshold = 14.4,
       .long_window = 1h,
       .short_window = 5min,
       .peak = 333.33,
       .fired_at = 20s + 300ms,
       .until = 34850ms},
      {.threshold = 6, .long_window = 6h, .short_window = 30min, .peak = 1.5},
      {.threshold = 1, .long_window = 72h, .short_window = 6h, .left_out = "the run is too short"}};
  return budget;
}

TEST(TerminalReport, HasTheBudgetsAndWhatOfTheirBurnRatesIsWorthALine) {
  Result result = failed_run();
  result.budgets = {outage()};
  EXPECT_THAT(to_terminal(result, {}), Not(HasSubstr("error budgets")));
  EXPECT_THAT(
      to_terminal(result, {.verbose = true}),
      HasSubstr(
          "  error budgets\n"
          "    availability 99.9%: 200 of 1200 bad, 1.20 allowed: 16667% spent; costs 0.17 of 43.2 min\n"
          "      burn rate 14.4 over 1h and 5m fired from 20.3 s to 34.9 s, 333.3 at most\n"
          "      burn rate 1 over 72h and 6h left out: the run is too short\n"
          "  "));
}

TEST(TerminalReport, HasABudgetOfWhichTooMuchWasSpentUnasked) {
  Result result = failed_run();
  result.budgets = {outage(), outage()};
  result.budgets[1].slo = "availability-of-reports";
  result.checks.push_back(
      {.kind = "budget", .what = "availability 99.9%: budget spent", .verdict = Verdict::held});
  EXPECT_THAT(to_terminal(result, {}), Not(HasSubstr("error budgets")));
  result.checks.back().verdict = Verdict::failed;
  EXPECT_THAT(to_terminal(result, {}), HasSubstr("    availability 99.9%: 200 of 1200 bad"));
  EXPECT_THAT(to_terminal(result, {}), Not(HasSubstr("availability-of-reports")));
}

TEST(TerminalReport, HasTheLevelsWhenAsked) {
  Result result = failed_run();
  result.levels = {{"http_req_duration p(95)", "incident", "< 200ms", "< 500ms", "412 ms", "warning"}};
  EXPECT_THAT(to_terminal(result, {}), Not(HasSubstr("levels")));
  EXPECT_THAT(
      to_terminal(result, {.verbose = true}),
      HasSubstr(
          "  levels\n    warning  http_req_duration p(95) in incident: 412 ms (target < 200ms, warning < "
          "500ms)\n"));
}

TEST(TerminalReport, HasColoursOnlyWhenWanted) {
  EXPECT_THAT(to_terminal(failed_run(), {}), Not(HasSubstr("\033[")));
  EXPECT_THAT(to_terminal(failed_run(), {.colour = true}), HasSubstr("\033[31mfailed\033[0m"));
}

TEST(SummaryTable, GivesEachRunALineWithItsPhases) {
  Result steady;
  steady.scenario = "calm";
  steady.phases = {{"steady", 10, 200, 812, 0, 4ms, 12300us, 20ms}};
  EXPECT_EQ(summary_table({"0.1.0", {failed_run(), steady}}, {}),
            "\n"
            "scenario   verdict recovery        steady      incident  budget\n"
            "redis-down failed    1.23 s 12.3 ms 0.00% 41.0 ms 3.42%  42.00%\n"
            "calm       held           - 12.3 ms 0.00%             -       -\n"
            "phases: p95 latency and error rate; budget: spent of the run's error budget\n");
}

void expect_eighty_columns(const std::string& table) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(SummaryTable, FitsEightyColumnsWithThreePhases) {
  Result result = failed_run();
  result.phases.push_back({"recovery", 10, 200, 790, 27, 5ms, 411ms, 800ms});
  const std::string table = summary_table({"0.1.0", {result}}, {});
  expect_eighty_columns(table);
  EXPECT_THAT(table, HasSubstr("recovery        steady      incident      recovery  budget\n"));
}

TEST(SummaryTable, PutsThePhasesBelowWhereTheyDoNotFitBeside) {
  Result result = failed_run();
  result.phases.push_back({"recovery", 10, 200, 790, 27, 5ms, 411ms, 800ms});
  result.phases.push_back({"upgrade", 10, 200, 790, 27, 5ms, 411ms, 800ms});
  result.phases.push_back({"idle", 10, 0, 0, 0, {}, {}, {}});
  const std::string table = summary_table({"0.1.0", {result}}, {});
  expect_eighty_columns(table);
  EXPECT_EQ(table,
            "\n"
            "scenario   verdict recovery  budget\n"
            "redis-down failed    1.23 s  42.00%\n"
            "  steady 12.3 ms 0.00%  incident 41.0 ms 3.42%  recovery 411 ms 3.42%\n"
            "  upgrade 411 ms 3.42%  idle - 0.00%\n"
            "phases: p95 latency and error rate; budget: spent of the run's error budget\n");
}

TEST(SummaryTable, PutsThemBelowOfALongNameToo) {
  Result result = failed_run();
  result.phases[1].name = "while every connection is refused";
  expect_eighty_columns(summary_table({"0.1.0", {result}}, {}));
}

TEST(SummaryTable, PutsThemBelowOfAFigureThatIsWideToo) {
  Result result = failed_run();
  result.scenario = "redis-down-12";
  result.phases.push_back({"recovery", 10, 200, 790, 27, 5ms, 411ms, 800ms});
  expect_eighty_columns(summary_table({"0.1.0", {result}}, {.colour = false}));
  result.budget_spent = 173.3788;
  expect_eighty_columns(summary_table({"0.1.0", {result}}, {.colour = false}));
  EXPECT_THAT(summary_table({"0.1.0", {result}}, {.colour = true}), HasSubstr("\033[31mfailed \033[0m"));
}

TEST(SummaryTable, NamesThoseWithoutAResult) {
  const result::Suite suite{"0.1.0",
                            {failed_run(), result::Unjudged{"redis-killed", "", false, "port is taken", ""},
                             result::Unjudged{"late", "", true, "interrupted", ""}}};
  const std::string table = summary_table(suite, {});
  EXPECT_THAT(table, HasSubstr("redis-killed error          -             -             -       -\n"
                               "late         not run        -             -             -       -\n"));
}

}  // namespace
}  // namespace faultline::report
