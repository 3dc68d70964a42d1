#include "run/alert_collector.h"

#include <gmock/gmock.h>

namespace faultline::run {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json series(const char* alert, const char* state, const std::vector<double>& times) {
  json values = json::array();
  for (const double time : times) {
    values.push_back({time, "1"});
  }
  return {{"metric", {{"__name__", "ALERTS"}, {"alertname", alert}, {"alertstate", state}}},
          {"values", values}};
}

std::vector<std::string> changes(const json& all) {
  std::vector<std::string> texts;
  for (const AlertChange& change : changes_of(all, 1000, 100ms, 1s)) {
    texts.push_back(change.alert + " " + change.state + " " +
                    std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(change.at).count()));
  }
  return texts;
}

TEST(AlertChanges, AreWhereASeriesBeginsAndEnds) {
  EXPECT_THAT(
      changes({series("A", "pending", {1000.2, 1000.3}), series("A", "firing", {1000.4, 1000.5, 1000.6})}),
      ElementsAre("A pending 200", "A firing 400", "A inactive 700"));
}

TEST(AlertChanges, HaveNoEndWhereItFiresToTheLast) {
  EXPECT_THAT(changes(json::array({series("A", "firing", {1000.9, 1001.0})})), ElementsAre("A firing 900"));
  EXPECT_THAT(changes(json::array({series("A", "firing", {1000.0})})),
              ElementsAre("A firing 0", "A inactive 100"));
}

TEST(AlertChanges, SeeAGap) {
  EXPECT_THAT(changes(json::array({series("A", "firing", {1000.1, 1000.3})})),
              ElementsAre("A firing 100", "A inactive 200", "A firing 300", "A inactive 400"));
}

TEST(AlertChanges, OfSeveralSeriesAreOfTheWorst) {
  EXPECT_THAT(
      changes({series("A", "firing", {1000.2}), series("A", "firing", {1000.3}),
               series("A", "pending", {1000.2, 1000.3, 1000.4}), series("B", "pending", {1000.1})}),
      ElementsAre("B pending 100", "A firing 200", "B inactive 200", "A pending 400", "A inactive 500"));
}

TEST(AlertChanges, AreNoneOfNothing) {
  EXPECT_THAT(changes(json::array()), IsEmpty());
}

}  // namespace
}  // namespace faultline::run
