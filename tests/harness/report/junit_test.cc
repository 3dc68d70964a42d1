// What third parties' parsers read of it is in junit.test.mjs.

#include "report/junit.h"

#include <gmock/gmock.h>

#include "example.h"

namespace faultline::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string failed() {
  return to_junit(suite_of(failed_example()));
}

TEST(JUnit, CountsSuitesAndCases) {
  EXPECT_THAT(to_junit(suite_example()),
              HasSubstr("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<testsuites name=\"faultline\" tests=\"23\" failures=\"6\" errors=\"2\" "
                        "time=\"53.250\">\n"
                        "  <testsuite name=\"stripe-hangs\" tests=\"10\" failures=\"0\" errors=\"0\" "
                        "skipped=\"0\" time=\"26.500\">\n"));
  EXPECT_THAT(failed(), HasSubstr("  <testsuite name=\"redis-down\" tests=\"8\" failures=\"5\" errors=\"0\" "
                                  "skipped=\"0\" time=\"26.500\">\n"));
}

TEST(JUnit, SaysInTheMessageAndInTheBodyWhatWasWantedAndHowToSeeItAgain) {
  EXPECT_THAT(
      failed(),
      HasSubstr(
          "    <testcase classname=\"faultline.redis-down.expectation\" "
          "name=\"expectation in incident: http_req_failed rate &lt; 1%\" time=\"5.500\">\n"
          "      <failure message=\"target: &lt; 1%; actual: 3.42%; margin: 2.42 points over; detail: 27 of "
          "790 "
          "requests; run it again: faultline run suites/playbook/redis-down.toml --seed 7\" "
          "type=\"expectation\">target: &lt; 1%\nactual: 3.42%\nmargin: 2.42 points over\ndetail: 27 of 790 "
          "requests\nrun it again: faultline run suites/playbook/redis-down.toml --seed 7</failure>\n"
          "    </testcase>\n"));
}

TEST(JUnit, GivesEachCaseOfASuiteANameOfItsOwn) {
  EXPECT_THAT(failed(), HasSubstr("name=\"invariant: every accepted run ends\" time=\"0.000\">"));
  EXPECT_THAT(failed(), HasSubstr("name=\"invariant: every accepted run ends (2)\" time=\"0.000\"/>"));
  auto result = failed_example();
  result.checks[0] = result.checks.back();
  result.checks[0].what = "every accepted run ends (2)";
  EXPECT_THAT(to_junit(suite_of(result)), HasSubstr("name=\"invariant: every accepted run ends (3)\""));
}

TEST(JUnit, HasTheRunAsProperties) {
  const std::string text = to_junit(suite_of(held_example()));
  for (const char* property : {
           R"("title" value="Stripe hangs")",
           R"("verdict" value="held")",
           R"("seed" value="18446744073709551615")",
           R"("version" value="0.1.0")",
           R"("file" value="suites/playbook/stripe-hangs.toml")",
           R"("repeat" value="faultline run suites/playbook/stripe-hangs.toml --seed 18446744073709551615")",
           R"("directory" value="runs/20260101T000000Z-stripe-hangs")",
           R"("recovery_seconds" value="1.23")",
           R"("budget_spent" value="0.42")",
           R"("budget_spent.latency" value="0.1253")",
       }) {
    EXPECT_THAT(text, HasSubstr(std::string("<property name=") + property + "/>"));
  }
  EXPECT_THAT(failed(), Not(HasSubstr("recovery_seconds"))) << "it did not recover";
}

TEST(JUnit, CallsWhatDidNotTestAnError) {
  const std::string text = to_junit(suite_of(nasty_example()));
  EXPECT_THAT(text, HasSubstr("<error message=\"target: a&#9;b; actual: c&#13;&#10;d; margin: | pipe |; "));
  EXPECT_THAT(text, HasSubstr("errors=\"1\""));
}

TEST(JUnit, SaysThatARunWasStopped) {
  EXPECT_THAT(to_junit(suite_of(nasty_example())), HasSubstr("<system-out>stopped at its first failure"));
  EXPECT_THAT(failed(), Not(HasSubstr("<system-out>")));
}

TEST(JUnit, HasAnErrorForAMissingEnvironmentAndSkipsWhatDidNotRun) {
  EXPECT_THAT(
      to_junit(suite_example()),
      HasSubstr("  <testsuite name=\"redis-killed\" tests=\"1\" failures=\"0\" errors=\"1\" "
                "skipped=\"0\" time=\"0.000\">\n"
                "    <properties>\n"
                "      <property name=\"file\" value=\"suites/playbook/redis-killed.toml\"/>\n"
                "    </properties>\n"
                "    <testcase classname=\"faultline.redis-killed.environment\" "
                "name=\"environment: it could be had\" time=\"0.000\">\n"
                "      <error message=\"port 16379 is taken; end what listens there, or choose another "
                "port\" type=\"environment\">port 16379 is taken\nend what listens there, or choose "
                "another port</error>\n"
                "    </testcase>\n"
                "  </testsuite>\n"));
  EXPECT_THAT(to_junit(suite_example()),
              HasSubstr("<skipped message=\"did not run: the suite was interrupted\"/>"));
}

}  // namespace
}  // namespace faultline::report
