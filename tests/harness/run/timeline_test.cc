#include "run/timeline.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "loop/loop.h"
#include "scratch.h"

namespace faultline::run {
namespace {

using namespace std::chrono_literals;
using scenario::Step;
using ::testing::ElementsAre;
using Kind = Event::Kind;

class Never final : public steps::Probe {
 public:
  explicit Never(Duration limit) { within = limit; }
  steps::Sighting look(steps::World& /*world*/, steps::Watch& /*watch*/) const override { return {}; }
  std::string describe() const override { return "never"; }
};

scenario::Scenario two_phases(Duration steady, Duration incident) {
  scenario::Scenario made;
  made.phases = {{"steady", 0s, steady}, {"incident", steady, incident}};
  return made;
}

Step symptom(Duration after, Duration within) {
  Step step;
  step.kind = Step::Kind::symptom;
  step.phase = 1;
  step.after = after;
  step.probe = std::make_shared<Never>(within);
  return step;
}

TEST(Events, EndAPhaseBeforeTheNextBegins) {
  EXPECT_THAT(events(two_phases(10s, 5s)),
              ElementsAre(Event{0s, Kind::begin_phase, 0, 0}, Event{10s, Kind::end_phase, 0, 0},
                          Event{10s, Kind::begin_phase, 1, 0}, Event{15s, Kind::end_phase, 1, 0}));
}

TEST(Events, LookForASymptomAtRestAtTheSameDistanceFromTheStart) {
  scenario::Scenario scenario = two_phases(10s, 5s);
  scenario.steps = {symptom(2s, 3s)};
  EXPECT_THAT(events(scenario),
              ElementsAre(Event{0s, Kind::begin_phase, 0, 0}, Event{2s, Kind::at_rest, 0, 0},
                          Event{10s, Kind::end_phase, 0, 0}, Event{10s, Kind::begin_phase, 1, 0},
                          Event{12s, Kind::step, 1, 0}, Event{15s, Kind::end_phase, 1, 0}));
}

TEST(Events, LookAtRestEarlierWhenTheLookWouldOutlastThePhase) {
  scenario::Scenario scenario = two_phases(4s, 10s);
  scenario.steps = {symptom(8s, 3s)};
  EXPECT_EQ(events(scenario)[1], (Event{1s, Kind::at_rest, 0, 0}))
      << "3 s of looking fit in before the 4th second";
}

TEST(Events, OfOneInstantKeepTheOrderOfTheFile) {
  scenario::Scenario scenario = two_phases(4s, 10s);
  Step first, second;
  first.kind = second.kind = Step::Kind::diagnosis;
  first.phase = second.phase = 1;
  first.probe = second.probe = std::make_shared<Never>(0s);
  scenario.steps = {first, second};
  const auto list = events(scenario);
  EXPECT_EQ(list[3], (Event{4s, Kind::step, 1, 0})) << "after the phase has begun";
  EXPECT_EQ(list[4], (Event{4s, Kind::step, 1, 1}));
}

// Nobody is asked anything: its pauses last until the run is stopped.
class WaitingWorld final : public steps::World {
 public:
  explicit WaitingWorld(const Stop& stop) : stop_(stop) {}
  steps::Answer redis(const std::vector<std::string>&, Duration) override { return {}; }
  steps::Answer sql(const std::string&, Duration) override { return {}; }
  steps::Answer http(const steps::Request&, Duration) override { return {}; }
  steps::Answer run(const std::vector<std::string>&, Duration) override { return {}; }
  steps::Answer begin(const std::vector<std::string>&) override { return {}; }
  std::string log(const std::string&) override { return {}; }
  void restart(const std::string&, const steps::Changes&) override {}
  steps::Answer stop(const std::string&, Duration) override { return {}; }
  steps::Answer dump(const std::string&, Duration) override { return {}; }
  steps::Answer restore(const std::string&, Duration) override { return {}; }
  void signal(const std::string&, int) override {}
  void delete_data(const std::string&) override {}
  void fill_disk(const std::string&, std::optional<std::uint64_t>) override {}
  void lift(const std::string&) override {}
  Instant now() const override { return monotonic_now(); }
  bool pause(Duration) override { return stop_.wait_until(now() + 1h); }

 private:
  const Stop& stop_;
};

class Always final : public steps::Probe {
 public:
  steps::Sighting look(steps::World&, steps::Watch&) const override { return {true, "seen"}; }
  std::string describe() const override { return "always"; }
};

class Fails final : public steps::Action {
 public:
  steps::Answer act(steps::World&) const override { return {false, "was not ready within 10s", 0}; }
  std::string describe() const override { return "fail"; }
};

class NoTraffic final : public Traffic {
 public:
  bool settled() override { return true; }
  void open(Duration) override {}
};

class NobodyLooks final : public TimelineObserver {
 public:
  void phase_began(const scenario::Phase&) override {}
  void step_ended(const Step&, bool, bool, const std::string&) override {}
};

// A run that is in its incident, which lasts an hour more.
class Driven : public ::testing::Test {
 protected:
  Driven() {
    scenario_.name = "driven";
    scenario_.phases = {{"steady", 0s, 2s}, {"incident", 2s, 1h}};
  }

  void add(Step::Kind kind, std::shared_ptr<const steps::Probe> probe,
           std::shared_ptr<const steps::Action> action = nullptr) {
    scenario_.steps.push_back(
        {.kind = kind, .phase = 1, .probe = std::move(probe), .action = std::move(action)});
  }

  // What the journal says of steps and of the end.
  std::vector<nlohmann::ordered_json> drive_to_first_failure() {
    {
      Journal journal(directory_ / "journal.ndjson", monotonic_now());
      PhaseClock clock(scenario_, monotonic_now() - 5s);
      NoTraffic traffic;
      Stop whole;
      Stop stop(&whole);
      WaitingWorld world(stop);
      Rules rules(
          scenario_.faults, [](const auto&, const auto&, const auto&) {}, [](const auto&, bool) {},
          journal.producer("faults"), [] { return monotonic_now(); });
      NobodyLooks observer;
      drive(scenario_, clock, traffic, world, rules, stop, true, journal, observer, [](const auto&, bool) {});
      EXPECT_TRUE(stop.requested());
      EXPECT_FALSE(whole.requested()) << "nobody has interrupted the run";
    }
    auto records = read_journal(directory_ / "journal.ndjson").records;
    std::erase_if(records, [](const auto& record) {
      return record["kind"] != "stopped" && record["kind"] != "probe" && !record.contains("ok");
    });
    return records;
  }

  scenario::Scenario scenario_;

 private:
  Scratch directory_;
};

TEST_F(Driven, ToTheFirstFailureEndsWhenAStepIsNotSeen) {
  add(Step::Kind::diagnosis, std::make_shared<Always>());
  add(Step::Kind::diagnosis, std::make_shared<Never>(0s));
  add(Step::Kind::recovery,
      std::make_shared<Never>(1h));  // under way: it ends with the run, and says nothing
  const auto records = drive_to_first_failure();
  ASSERT_FALSE(records.empty());
  const auto stopped = std::find_if(records.begin(), records.end(),
                                    [](const auto& record) { return record["kind"] == "stopped"; });
  ASSERT_NE(stopped, records.end());
  EXPECT_EQ((*stopped)["step"], 1);
  EXPECT_EQ((*stopped)["phase"], "incident");
  EXPECT_EQ((*stopped)["at_rest"], false);
  for (const auto& record : records) {
    EXPECT_NE(record["step"], 2);
  }
}

TEST_F(Driven, ToTheFirstFailureEndsWhenASymptomIsSeenAtRest) {
  add(Step::Kind::symptom, std::make_shared<Always>());
  const auto records = drive_to_first_failure();
  const auto stopped = std::find_if(records.begin(), records.end(),
                                    [](const auto& record) { return record["kind"] == "stopped"; });
  ASSERT_NE(stopped, records.end());
  EXPECT_EQ((*stopped)["phase"], "steady");
  EXPECT_EQ((*stopped)["at_rest"], true);
}

TEST_F(Driven, ToTheFirstFailureEndsWhenAnActionFails) {
  add(Step::Kind::mitigation, nullptr, std::make_shared<Fails>());
  const auto records = drive_to_first_failure();
  ASSERT_EQ(records.size(), 2U) << "the end of the step, and of the run";
  EXPECT_EQ(records[1]["kind"], "stopped");
  EXPECT_EQ(records[1]["step"], 0);
}

}  // namespace
}  // namespace faultline::run
