#include "run/timeline.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace faultline::run
