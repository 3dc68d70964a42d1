#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using result::Verdict;
using testing::HasSubstr;

// The validity check that begins so.
result::Check find(const RunOnPaper& run, const std::string& beginning) {
  for (const result::Check& check : run.checks("validity")) {
    if (check.what.starts_with(beginning)) {
      return check;
    }
  }
  return {};
}

RunOnPaper sound() {
  RunOnPaper run;
  run.add_fault("f");
  run.play_phases(100);
  run.request(5);
  run.acted("f");
  return run;
}

TEST(Validity, HoldsForARunThatTestedWhatItSays) {
  EXPECT_EQ(sound().judged().verdict, Verdict::held);
  for (const result::Check& check : sound().checks("validity")) {
    EXPECT_EQ(check.verdict, Verdict::held) << check.what;
  }
}

TEST(Validity, EveryFaultMustHaveActed) {
  RunOnPaper run = sound();
  run.add_fault("g");
  EXPECT_EQ(find(run, "fault 'f' acted").verdict, Verdict::held);
  EXPECT_EQ(find(run, "fault 'g' acted").verdict, Verdict::invalid);
  EXPECT_EQ(find(run, "fault 'g' acted").actual, "never");
  EXPECT_EQ(run.judged().verdict, Verdict::invalid);
}

TEST(Validity, AFaultThatMayIdleOrIsDisabledNeedNotAct) {
  RunOnPaper run = sound();
  run.add_fault("g").may_idle = true;
  run.add_fault("h").enabled = false;
  EXPECT_EQ(run.judged().verdict, Verdict::held);
}

TEST(Validity, EveryPhaseMustHaveBeenRun) {
  RunOnPaper unended = sound();
  std::erase_if(unended.journal, [](const auto& r) {
    return r["kind"] == "phase" && r["phase"] == "recovery" && r["edge"] == "end";
  });
  EXPECT_EQ(find(unended, "phase 'recovery' was run").verdict, Verdict::invalid);
  EXPECT_EQ(find(unended, "phase 'recovery' was run").actual, "not ended");
  RunOnPaper unbegun = sound();
  std::erase_if(unbegun.journal,
                [](const auto& r) { return r["kind"] == "phase" && r["phase"] == "recovery"; });
  EXPECT_EQ(find(unbegun, "phase 'recovery' was run").actual, "not begun");
}

TEST(Validity, AnInterruptedRunSaysNothing) {
  RunOnPaper run = sound();
  run.write("interrupted", 12, {{"signal", 2}});
  EXPECT_EQ(run.judged().verdict, Verdict::invalid);
  EXPECT_EQ(find(run, "the run went to its end").actual, "interrupted by signal 2");
}

TEST(Validity, TheGeneratorMustHaveStartedItsArrivals) {
  // 99 of 100 are the 99 % asked for; 98 are not.
  RunOnPaper run = sound();
  std::size_t turned = 0;
  for (auto& record : run.journal) {
    if (record["kind"] == "arrival" && turned < 2) {
      record.erase("late");
      record["shed"] = true;
      ++turned;
      const auto check = find(run, "arrivals were started");
      EXPECT_EQ(check.verdict, turned == 1 ? Verdict::held : Verdict::invalid) << check.actual;
    }
  }
  EXPECT_EQ(find(run, "arrivals were started").actual, "98.00%");
  EXPECT_EQ(find(run, "arrivals were started").detail, "98 of 100 planned, 2 shed");
}

TEST(Validity, AnArrivalThatIsNotInTheJournalWasNotStarted) {
  RunOnPaper run = sound();
  run.journal[0]["arrivals"] = 200;
  EXPECT_EQ(find(run, "arrivals were started").verdict, Verdict::invalid);
  EXPECT_EQ(find(run, "arrivals were started").actual, "50.00%");
}

TEST(Validity, TheGeneratorMustHaveBeenInTime) {
  // Later than 100 ms: 1 of 100 may be.
  RunOnPaper run = sound();
  std::size_t turned = 0;
  for (auto& record : run.journal) {
    if (record["kind"] == "arrival" && turned < 3) {
      record["late"] = turned == 0 ? 0.1 : 0.11;  // the first is late by no more than it may be
      ++turned;
      const auto check = find(run, "arrivals were at most 100ms late");
      EXPECT_EQ(check.verdict, turned <= 2 ? Verdict::held : Verdict::invalid) << check.detail;
    }
  }
  EXPECT_EQ(find(run, "arrivals were at most").detail, "2 of 100 were later, the latest by 110 ms");
}

TEST(Validity, ARunWithoutAPlanTestsNothing) {
  RunOnPaper run = sound();
  run.journal[0]["arrivals"] = 0;
  EXPECT_EQ(find(run, "the load was planned").verdict, Verdict::invalid);
}

// The arrivals are journeys of one user, and none is planned.
RunOnPaper of_a_user() {
  RunOnPaper run = sound();
  run.scenario.load.push_back({.flow = {}, .model = load::Load::Model::closed});
  run.journal[0]["arrivals"] = 0;
  std::uint64_t made = 0;
  for (auto& record : run.journal) {
    if (record["kind"] == "arrival") {
      record["k"] = load::number_of({.user = 1, .number = ++made});
    }
  }
  return run;
}

TEST(Validity, JourneysOfUsersAreDueWhenTheyAreBegun) {
  RunOnPaper run = of_a_user();
  EXPECT_EQ(run.judged().verdict, Verdict::held);
  EXPECT_EQ(find(run, "arrivals were started").detail, "100 of 100 due (0 planned, 100 of users), 0 shed");
  run.journal[0]["arrivals"] = 100;
  EXPECT_EQ(find(run, "arrivals were started").actual, "50.00%") << "those of the plan are missing";
}

TEST(Validity, UsersMustHaveBegunAJourney) {
  RunOnPaper run = of_a_user();
  std::erase_if(run.journal, [](const auto& record) { return record["kind"] == "arrival"; });
  EXPECT_EQ(find(run, "arrivals were started").verdict, Verdict::invalid);
  EXPECT_EQ(find(run, "arrivals were started").actual, "0.00%");
}

TEST(Validity, TheServiceMustHaveAnsweredOnce) {
  RunOnPaper run = sound();
  std::erase_if(run.journal, [](const auto& record) { return record["kind"] == "request"; });
  EXPECT_EQ(find(run, "the service was reached").verdict, Verdict::invalid) << "nobody asked";
  run.requests(10, 0, std::nullopt);
  EXPECT_EQ(find(run, "the service was reached").verdict, Verdict::invalid);
  EXPECT_EQ(find(run, "the service was reached").actual, "0 of 10 requests answered");
  run.request(5, 0.01, false);
  EXPECT_EQ(find(run, "the service was reached").verdict, Verdict::held) << "an error is an answer";
}

}  // namespace
}  // namespace faultline::judge
