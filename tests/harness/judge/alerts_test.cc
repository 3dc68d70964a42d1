#include <gmock/gmock.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using namespace std::chrono_literals;
using result::Check;
using result::Verdict;
using scenario::AlertExpectation;
using scenario::Step;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// A fault that acts at 12 s and is lifted at 20 s, and a Prometheus that knows two alerts.
class AlertsJudged : public testing::Test {
 protected:
  AlertsJudged() {
    run_.add_fault("f").during = {"incident"};
    run_.play_phases();
    run_.fault("f", true, "phase", 10);
    run_.write("decision", 12,
               {{"fault", "f"}, {"dependency", "redis"}, {"connection", 1}, {"effect", "reset"}});
    run_.write("decision", 14,
               {{"fault", "f"}, {"dependency", "redis"}, {"connection", 2}, {"effect", "reset"}});
    run_.fault("f", false, "phase", 20);
    run_.request(1);
    run_.scenario.monitoring.emplace().suite.alerts = {{"High", "a > 1"}, {"Low", "a < 1"}};
    run_.write("observation", 31, {{"of", "prometheus"}, {"until", 30.0}, {"scrapes", 120}});
  }

  void state(double at, const char* text, const char* alert = "High") {
    run_.write("observation", 31, {{"of", "alert"}, {"alert", alert}, {"state", text}, {"at", at}});
  }
  void told(const char* receiver, const char* text, const char* alert = "High") {
    run_.write(
        "observation", 31,
        {{"of", "notification"}, {"receiver", receiver}, {"alert", alert}, {"state", text}, {"at", 16.0}});
  }
  std::vector<Check> judged(const AlertExpectation& wanted) {
    run_.scenario.alerts = {wanted};
    return run_.checks("expectation");
  }
  Check only(const AlertExpectation& wanted) {
    const auto checks = judged(wanted);
    EXPECT_THAT(checks, SizeIs(1));
    return checks.empty() ? Check{} : checks[0];
  }

  static inline const AlertExpectation kFires = {.name = "High", .fires_within = Duration(3s)};
  static inline const AlertExpectation kClears = {.name = "High", .clears_within = Duration(5s)};

  RunOnPaper run_;
};

TEST_F(AlertsJudged, FireWithinTheirTimeFromTheFirstFaultThatActed) {
  state(13.5, "pending");
  state(14.5, "firing");
  state(25, "inactive");
  const Check check = only(kFires);
  EXPECT_EQ(check.verdict, Verdict::held);
  EXPECT_EQ(check.what, "alert High fires");
  EXPECT_EQ(check.target, "within 3.00 s");
  EXPECT_EQ(check.actual, "2.50 s")
      << "12 s to 14.5 s, whatever else acted later, and though it was on since 10 s";
  EXPECT_EQ(check.margin, "500 ms left");
}

TEST_F(AlertsJudged, FireWithinTheirTimeExactly) {
  state(15, "firing");
  EXPECT_EQ(only(kFires).verdict, Verdict::held);
}

TEST_F(AlertsJudged, ThatFireLaterFail) {
  state(15.25, "firing");
  const Check check = only(kFires);
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.margin, "250 ms over");
}

TEST_F(AlertsJudged, FireFromAStepThatMakesTheIncidentWhereThatIsFirst) {
  const std::size_t step = run_.add_action(Step::Kind::incident, 1);
  run_.write(
      "step", 11,
      {{"step", step}, {"kind_of", "incident"}, {"say", ""}, {"phase", "incident"}, {"edge", "begin"}});
  run_.write(
      "step", 11,
      {{"step", run_.add_action(Step::Kind::workaround, 1)}, {"phase", "incident"}, {"edge", "begin"}});
  state(14.5, "firing");
  EXPECT_EQ(only(kFires).actual, "3.50 s");
  EXPECT_EQ(only(kFires).verdict, Verdict::failed);
}

TEST_F(AlertsJudged, ThatAreOnlyPendingDoNotFire) {
  state(13.5, "pending");
  state(20, "inactive");
  const Check check = only(kFires);
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "never");
}

TEST_F(AlertsJudged, OfAnotherNameAreNotMeant) {
  state(13.5, "firing", "Low");
  EXPECT_EQ(only(kFires).actual, "never");
}

TEST_F(AlertsJudged, ThatFiredBeforeAnythingWentWrongFail) {
  state(2, "firing");
  state(5, "inactive");
  state(13, "firing");
  const Check check = only(kFires);
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "before");
  EXPECT_THAT(check.detail, HasSubstr("it fired at 2.00 s already, and nothing went wrong before 12.0 s"));
}

TEST_F(AlertsJudged, OfARunInWhichNothingWentWrongSayNothing) {
  std::erase_if(run_.journal, [](const auto& record) { return record["kind"] == "decision"; });
  state(13, "firing");
  EXPECT_EQ(only(kFires).verdict, Verdict::invalid);
  run_.scenario.faults[0].enabled = false;
  EXPECT_EQ(only(kFires).verdict, Verdict::failed);
}

TEST_F(AlertsJudged, ClearWithinTheirTimeFromWhenNothingWasWrongAnyMore) {
  state(14, "firing");
  state(24, "inactive");
  const Check check = only(kClears);
  EXPECT_EQ(check.verdict, Verdict::held);
  EXPECT_EQ(check.what, "alert High clears");
  EXPECT_EQ(check.actual, "4.00 s");
  EXPECT_EQ(check.margin, "1.00 s left");
}

TEST_F(AlertsJudged, ThatFireOnceMoreClearAfterThat) {
  state(14, "firing");
  state(21, "inactive");
  state(22, "firing");
  state(25.5, "inactive");
  EXPECT_EQ(only(kClears).verdict, Verdict::failed);
  EXPECT_EQ(only(kClears).actual, "5.50 s");
}

TEST_F(AlertsJudged, ThatClearBeforeTheFaultIsLiftedTakeNoTime) {
  state(14, "firing");
  state(18, "inactive");
  EXPECT_EQ(only(kClears).actual, "0 s");
}

TEST_F(AlertsJudged, ClearFromALaterMitigation) {
  run_.step_end(run_.add_action(Step::Kind::mitigation, 2), true, "restarted", 22);
  state(14, "firing");
  state(24, "inactive");
  EXPECT_EQ(only(kClears).actual, "2.00 s");
}

TEST_F(AlertsJudged, ThatStillFireAtTheEndHaveNotCleared) {
  state(14, "firing");
  const Check check = only(kClears);
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_THAT(check.detail, HasSubstr("it still fired at the end, 10.0 s after the fault was lifted"));
}

TEST_F(AlertsJudged, ThatNeverFiredHaveNotCleared) {
  EXPECT_EQ(only(kClears).verdict, Verdict::failed);
  EXPECT_EQ(only(kClears).actual, "it never fired");
}

TEST_F(AlertsJudged, CannotClearWhileTheFaultIsOn) {
  std::erase_if(run_.journal, [](const auto& record) { return record["kind"] == "fault" && !record["on"]; });
  state(14, "firing");
  state(24, "inactive");
  EXPECT_EQ(only(kClears).verdict, Verdict::failed);
  EXPECT_THAT(only(kClears).detail, HasSubstr("never lifted"));
}

TEST_F(AlertsJudged, AreToldToWhomTheyAreFor) {
  told("chat", "firing");
  told("pager", "resolved");
  told("pager", "firing", "Low");
  Check check = only({.name = "High", .to = "pager"});
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.actual, "chat");
  told("pager", "firing");
  check = only({.name = "High", .to = "pager"});
  EXPECT_EQ(check.verdict, Verdict::held);
  EXPECT_EQ(check.target, "pager");
  EXPECT_EQ(check.actual, "chat, pager");
}

TEST_F(AlertsJudged, ThatMustNotFireDoNot) {
  const AlertExpectation never{.name = "High", .never = true};
  state(5, "pending");
  state(6, "inactive");
  state(7, "firing", "Low");
  EXPECT_EQ(only(never).verdict, Verdict::held);
  state(28, "firing");
  EXPECT_EQ(only(never).verdict, Verdict::failed);
  EXPECT_EQ(only(never).actual, "High at 28.0 s");
}

TEST_F(AlertsJudged, NoneFiresWhereNoneMay) {
  const AlertExpectation none{.never = true};
  EXPECT_EQ(only(none).verdict, Verdict::held);
  EXPECT_EQ(only(none).what, "no alert fires");
  state(28, "firing", "Low");
  EXPECT_EQ(only(none).verdict, Verdict::failed);
  EXPECT_EQ(only(none).actual, "Low at 28.0 s");
}

TEST_F(AlertsJudged, OfAPrometheusThatKnewNothingSayNothing) {
  std::erase_if(run_.journal, [](const auto& record) { return record.value("of", "") == "prometheus"; });
  EXPECT_EQ(only({.never = true}).verdict, Verdict::invalid);
  EXPECT_EQ(only(kFires).verdict, Verdict::invalid);
  run_.write("observation", 31, {{"of", "prometheus"}, {"until", 30.0}, {"scrapes", 0}});
  EXPECT_EQ(only({.never = true}).verdict, Verdict::invalid) << "it scraped nothing";
}

TEST_F(AlertsJudged, SayWhereTheirThresholdIsNotTheRulesOwn) {
  state(14, "firing");
  run_.scenario.monitoring->thresholds["High"] = 7.5;
  EXPECT_THAT(only(kFires).detail, HasSubstr("with 7.5 for its threshold"));
}

}  // namespace
}  // namespace faultline::judge
