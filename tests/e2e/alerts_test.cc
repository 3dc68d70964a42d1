// A real Prometheus beside the service: an alert fires, is told to its receiver, and clears.

#include <gmock/gmock.h>

#include "command.h"

namespace faultline::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// suites/alerts/reconciliations-fail.toml in half of its time.
std::vector<std::string> shorter(const Scratch& scratch, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"run", "suites/alerts/reconciliations-fail.toml", "--out",
                                        scratch / "run"};
  for (const char* change : {"scenario.window_scale=200", "phase.steady.for=2s", "phase.incident.for=4s",
                             "phase.recovery.for=5s"}) {
    arguments.insert(arguments.end(), {"--set", change});
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Alerts, FireAreToldAndClear) {
  const Scratch scratch;
  const Said said = run(shorter(scratch));
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("ok   expectation: alert SettlerReconciliationFailures fires"),
                    HasSubstr("ok   expectation: alert SettlerReconciliationFailures clears"),
                    HasSubstr("ok   expectation: alert SettlerReconciliationFailures is told to somebody"),
                    HasSubstr("ok   expectation: alert SettlerHighErrorRate does not fire")));
  const std::string journal = text_of(scratch / "run/journal.ndjson");
  EXPECT_THAT(
      journal,
      ContainsRegex(
          "\"of\":\"notification\",\"receiver\":\"pager\",\"alert\":\"SettlerReconciliationFailures\""));
  EXPECT_THAT(text_of(scratch / "run/prometheus/rules/recording.yml"), HasSubstr("[1500ms]"))
      << "five minutes";
  EXPECT_EQ(run({"report", scratch / "run"}).status, 0) << "from what the run kept";
}

TEST(Alerts, ThatHaveNoCauseDoNotFireAndFailWhatWantedThem) {
  const Scratch scratch;
  const Said said = run(shorter(scratch, {"--set", "fault.0.enabled=false"}));
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("FAIL expectation: alert SettlerReconciliationFailures fires"),
                    HasSubstr("FAIL expectation: alert SettlerReconciliationFailures clears"),
                    HasSubstr("FAIL expectation: alert SettlerReconciliationFailures is told to somebody")));
}

}  // namespace
}  // namespace faultline::e2e
