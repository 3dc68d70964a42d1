#include "load/driver.h"

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "driven.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Driver, StartsEveryArrivalWhenItIsDue) {
  Driven run(
      kOneRequest, [](const auto&) { return answer(200); }, Rate{4}, 1s);
  EXPECT_THAT(run.sender.sent, IsEmpty()) << "nothing is due before the load begins";
  run.run_to(2s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 250ms, 500ms, 750ms));
  EXPECT_THAT(run.record.starts, ElementsAre(Pair(1, 0s), Pair(2, 0s), Pair(3, 0s), Pair(4, 0s)));
  EXPECT_THAT(run.record.dues, ElementsAre(0ms, 250ms, 500ms, 750ms));
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, StartsAnArrivalAfterTheOneItComesAfter) {
  Driven run(
      kOneRequest, [](const auto&) { return answer(200, "", 2s); }, Rate{4}, 1s, {},
      [](auto& plan) {
        plan[1].after = 1;
        plan[2].after = 2;
        plan.erase(plan.begin() + 3);
      });
  run.run_to(1s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms));
  EXPECT_FALSE(run.driver->settled());
  run.run_to(10s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0s, 2s, 4s));
  EXPECT_THAT(run.record.starts, ElementsAre(Pair(1, 0s), Pair(2, 0s), Pair(3, 0s)))
      << "it was not due before";
  EXPECT_TRUE(run.driver->settled());
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, DoesNotWaitForAnArrivalThatWasTakenOut) {
  Driven run(
      kOneRequest, [](const auto&) { return answer(200, "", 2s); }, Rate{4}, 1s, {},
      [](auto& plan) {
        plan[1].after = 1;
        plan.erase(plan.begin());
      });
  run.run_to(1s);
  EXPECT_THAT(run.sent_at(), ElementsAre(250ms, 500ms, 750ms));
}

TEST(Driver, StartsNothingThatWaitsForAnotherOnceStopped) {
  Driven run(
      kOneRequest, [](const auto&) { return answer(200, "", 2s); }, Rate{2}, 1s, {},
      [](auto& plan) { plan[1].after = 1; });
  run.run_to(1s);
  run.driver->stop();
  run.run_to(10s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms));
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, HoldsWhatIsBehindAGateUntilItOpens) {
  Driven run(kOneRequest, [](const auto&) { return answer(200, "", 700ms); }, Rate{4}, 1s,
             {.gates = {500ms}});
  run.run_to(800ms);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 250ms)) << "the third is due at the gate";
  EXPECT_FALSE(run.driver->settled());
  EXPECT_EQ(run.driver->counters().due, 2U);
  run.run_to(950ms);
  EXPECT_TRUE(run.driver->settled());
  EXPECT_EQ(run.finished, 0);
  run.driver->open(450ms);
  run.run_to(1s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 250ms, 950ms));
  run.run_to(3s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 250ms, 950ms, 1200ms));
  EXPECT_THAT(run.record.starts, ElementsAre(Pair(1, 0s), Pair(2, 0s), Pair(3, 0s), Pair(4, 0s)));
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, DoesNotWaitForAServiceThatFallsBehind) {
  Driven run(
      kOneRequest, [](const auto&) { return answer(200, "", 10s); }, Rate{4}, 1s);
  run.run_to(1s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 250ms, 500ms, 750ms));
  EXPECT_EQ(run.driver->counters().in_flight, 4U);
}

// The clock of a thread that is busy: every call comes 250 ms late.
class BusyClock final : public Clock {
 public:
  explicit BusyClock(ManualClock& manual) : manual_(manual) {}
  Instant now() const override { return manual_.now() + 250ms; }
  TimerId call_at(Instant when, std::function<void()> what) override {
    return manual_.call_at(when, std::move(what));
  }
  void cancel(TimerId id) override { manual_.cancel(id); }

 private:
  ManualClock& manual_;
};

TEST(Driver, CountsLatencyFromTheTimeThatAnArrivalWasDueWhenItStartsLate) {
  ManualClock manual;
  BusyClock clock(manual);
  const Instant begin = manual.now();
  Record record(begin);
  ScriptedSender sender(clock, [](const auto&) { return answer(200, "", 5ms); });
  const std::vector<Load> loads = {
      open_load(std::string("[flow]\nname='f'\n[[journey]]\nname='j'\n") + kOneRequest, Rate{10})};
  Driver driver(clock, sender, loads, Work{schedule_of(plan(loads, {{"only", 300ms}}, 1))}, {}, record);
  driver.start(begin, [] {});
  manual.advance(1s);
  EXPECT_THAT(record.starts, ElementsAre(Pair(1, 250ms), Pair(2, 150ms), Pair(3, 50ms)))
      << "all three are overdue at the first call, and each says by how much";
  ASSERT_EQ(record.requests.size(), 3U);
  EXPECT_EQ(record.requests[0].due, 0s);
  EXPECT_EQ(record.requests[0].sent, 250ms);
  EXPECT_EQ(record.requests[0].latency, 255ms) << "not the 5 ms that the service took";
  EXPECT_EQ(record.requests[2].latency, 55ms);
  EXPECT_EQ(driver.counters().late_most, 250ms);
}

TEST(Driver, ShedsArrivalsBeyondItsLimit) {
  Driven run(kOneRequest, [](const auto&) { return answer(200, "", 550ms); }, Rate{10}, 1s, {.in_flight = 3});
  run.run_to(5s);
  EXPECT_THAT(run.record.shed, ElementsAre(4, 5, 6, 10))
      << "three are in flight from 200 ms on; each leaves 550 ms after it came";
  const Counters counters = run.driver->counters();
  EXPECT_EQ(counters.started, 6U);
  EXPECT_EQ(counters.shed, 4U);
  EXPECT_EQ(counters.due, 10U);
  EXPECT_EQ(counters.done, 6U);
  EXPECT_EQ(run.finished, 1) << "a shed arrival keeps nobody waiting";
}

TEST(Driver, StartsNothingOnceStopped) {
  Driven run(
      kOneRequest, [](const auto&) { return answer(200); }, Rate{4}, 1s);
  run.run_to(300ms);
  run.driver->stop();
  EXPECT_EQ(run.finished, 0) << "never from inside stop";
  run.run_to(5s);
  EXPECT_EQ(run.sender.sent.size(), 2U);
  EXPECT_EQ(run.driver->counters().due, 2U);
  EXPECT_EQ(run.driver->counters().planned, 4U);
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, LetsJourneysInFlightEndAfterAStop) {
  Driven run(kCreateThinkRead, [](const auto&) { return answer(201, R"({"data":{"id":"x"}})"); });
  run.run_to(10ms);
  run.driver->stop();
  run.run_to(5s);
  EXPECT_EQ(run.sender.sent.size(), 2U);
  EXPECT_TRUE(run.record.ends[0].complete);
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, EndsJourneysThatTakeTooLongAfterAStop) {
  Driven run(kCreateThinkRead,
             [](const http::Request& request) {
               Reply reply = answer(201, R"({"data":{"id":"x"}})");
               reply.silent = request.method == "GET";
               return reply;
             },
             Rate{1}, 2s, {.drain = 100ms});
  run.run_to(1900ms);  // the first waits for an answer, the second thinks until 2005 ms
  run.driver->stop();
  run.run_to(1999ms);
  EXPECT_EQ(run.finished, 0);
  run.run_to(2001ms);
  EXPECT_EQ(run.finished, 1);
  ASSERT_EQ(run.record.ends.size(), 2U);
  const auto& [waiting, thinking] = run.record.ends[0].k == 1
                                        ? std::pair(run.record.ends[0], run.record.ends[1])
                                        : std::pair(run.record.ends[1], run.record.ends[0]);
  EXPECT_EQ(waiting.outcome, Outcome::unknown) << "sent, and no answer read";
  EXPECT_EQ(waiting.stopped_at, "read");
  EXPECT_EQ(thinking.outcome, Outcome::acked) << "nothing of it is unanswered";
  EXPECT_FALSE(thinking.complete);
}

TEST(Driver, IgnoresAnswersAfterTheEndOfTheirJourney) {
  Driven run(kOneRequest, [](const auto&) { return answer(200, "", 3s); }, Rate{1}, 1s, {.drain = 1s});
  run.run_to(100ms);
  run.driver->stop();
  run.run_to(5s);
  EXPECT_THAT(run.record.requests, IsEmpty());
  EXPECT_EQ(run.record.ends.size(), 1U);
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, CallsNobodyOnceItIsGone) {
  Driven run(
      kCreateThinkRead, [](const auto&) { return answer(201, R"({"data":{"id":"x"}})"); }, Rate{100}, 1s);
  run.run_to(52ms);
  const std::size_t told = run.record.requests.size();
  run.driver.reset();
  run.run_to(5s);
  EXPECT_EQ(run.record.requests.size(), told);
  EXPECT_EQ(run.finished, 0);
  EXPECT_EQ(run.clock.pending(), 0U);
}

// Users instead of a rate.
struct Visited {
  Visited(Course course, std::vector<Phase> its_phases, std::function<Reply(const http::Request&)> service,
          const std::string& journey = kOneRequest, DriverLimits limits = {})
      : phases(std::move(its_phases)), sender(clock, std::move(service)) {
    loads = {{.flow = flow_of("[flow]\nname='f'\n[[journey]]\nname='j'\n" + journey),
              .model = Load::Model::closed,
              .course = std::move(course)}};
    driver = std::make_unique<Driver>(clock, sender, loads, Work{schedule_of({}), Users(loads, phases, 1)},
                                      Secrets{}, record, std::move(limits));
    driver->start(begin, [this] { ++finished; });
  }
  std::vector<Duration> sent_at() const {
    std::vector<Duration> times;
    for (const auto& sent : sender.sent) {
      times.push_back(sent.at - begin);
    }
    return times;
  }

  ManualClock clock;
  const Instant begin{clock.now()};
  Record record{begin};
  const std::vector<Phase> phases;
  ScriptedSender sender;
  std::vector<Load> loads;
  std::unique_ptr<Driver> driver;
  int finished = 0;
};

TEST(DriverOfUsers, BeginsAJourneyWhenTheOneBeforeHasEnded) {
  Visited run(steady(1), {{"only", 1s}}, [](const auto&) { return answer(200, "", 400ms); });
  run.clock.advance(10s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 400ms, 800ms)) << "what has begun is brought to its end";
  EXPECT_EQ(run.finished, 1);
  EXPECT_EQ(run.driver->counters().done, 3U);
}

TEST(DriverOfUsers, HasMoreOrFewerOfThemAsTheCourseGoes) {
  Visited run({.in = {{"rise", {0, 2}}, {"peak", {2, 2}}, {"fall", {2, 0}}}},
              {{"rise", 2s}, {"peak", 1s}, {"fall", 2s}}, [](const auto&) { return answer(200, "", 500ms); });
  run.clock.advance(10s);
  EXPECT_THAT(run.sent_at(), ElementsAre(1s, 1500ms, 2s, 2s, 2500ms, 2500ms, 3s, 3500ms));
}

TEST(DriverOfUsers, WaitsAtAGate) {
  Visited run(steady(1), {{"a", 1s}, {"b", 1s}}, [](const auto&) { return answer(200, "", 700ms); },
              kOneRequest, {.gates = {1s}});
  run.clock.advance(1300ms);
  EXPECT_FALSE(run.driver->settled());
  run.clock.advance(200ms);
  EXPECT_TRUE(run.driver->settled());
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 700ms));
  run.driver->open(500ms);
  run.clock.advance(1ms);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 700ms, 1500ms));
}

TEST(DriverOfUsers, LetsOthersHaveTheirTurnWhereJourneysEndAtOnce) {
  Visited run(
      steady(1), {{"only", 1s}}, [](const auto&) { return answer(200, "{}", 100ms); },
      "[[journey.step]]\nrequest = 'GET /'\ncapture = { id = '/id' }\n"
      "[[journey.step]]\nrequest = 'GET /${id}'\n");
  run.clock.advance(10s);
  EXPECT_EQ(run.sender.sent.size(), 10U) << "each ends at its second request, whose id no answer held";
  EXPECT_EQ(run.finished, 1);
}

TEST(DriverOfUsers, StopsThem) {
  Visited run(steady(2), {{"only", 100s}}, [](const auto&) { return answer(200, "", 300ms); });
  run.clock.advance(1s);
  run.driver->stop();
  run.clock.advance(1s);
  EXPECT_EQ(run.finished, 1);
  EXPECT_EQ(run.sender.sent.size(), 8U);
  EXPECT_EQ(run.clock.pending(), 0U);
}

TEST(Driver, LetsArrivalsWaitPastItsLimitIfItIsToldTo) {
  Driven run(kOneRequest, [](const auto&) { return answer(200, "", 300ms); }, Rate{10}, 300ms,
             {.in_flight = 1, .past = DriverLimits::Past::wait});
  run.run_to(250ms);
  EXPECT_EQ(run.driver->counters().waiting, 2U);
  run.run_to(2s);
  EXPECT_THAT(run.record.starts, ElementsAre(Pair(1, 0s), Pair(2, 200ms), Pair(3, 400ms)));
  EXPECT_THAT(run.record.shed, IsEmpty());
  EXPECT_EQ(run.record.requests.back().latency, 700ms) << "from when it was due";
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, MayBeDestroyedWhenItHasFinished) {
  ManualClock clock;
  Record record(clock.now());
  ScriptedSender sender(clock, [](const auto&) { return answer(200); });
  const std::vector<Load> loads = {
      open_load(std::string("[flow]\nname='f'\n[[journey]]\nname='j'\n") + kOneRequest, Rate{10})};
  auto driver = std::make_unique<Driver>(
      clock, sender, loads, Work{schedule_of(plan(loads, {{"only", 1s}}, 1))}, Secrets{}, record);
  driver->start(clock.now(), [&driver] { driver.reset(); });
  clock.advance(5s);
  EXPECT_FALSE(driver);
  EXPECT_EQ(record.ends.size(), 10U);
}

TEST(Driver, FinishesAnEmptyPlan) {
  ManualClock clock;
  Record record(clock.now());
  ScriptedSender sender(clock, [](const auto&) { return answer(200); });
  Driver driver(clock, sender, {}, Work{schedule_of({})}, {}, record);
  bool finished = false;
  driver.start(clock.now(), [&finished] { finished = true; });
  EXPECT_FALSE(finished) << "never from inside start";
  clock.advance(1ms);
  EXPECT_TRUE(finished);
}

TEST(Driver, RunsThePlanWithoutTheLinesThatWereTakenOut) {
  ManualClock clock;
  Record record(clock.now());
  ScriptedSender sender(clock, [](const auto&) { return answer(200); });
  const std::vector<Load> loads = {
      open_load(std::string("[flow]\nname='f'\n[[journey]]\nname='j'\n") + kOneRequest, Rate{10})};
  auto arrivals = plan(loads, {{"only", 400ms}}, 1);
  arrivals.erase(arrivals.begin() + 1);
  Driver driver(clock, sender, loads, Work{schedule_of(arrivals)}, {}, record);
  driver.start(clock.now(), [] {});
  clock.advance(1s);
  EXPECT_THAT(record.starts, ElementsAre(Pair(1, 0s), Pair(3, 0s), Pair(4, 0s)));
}

TEST(Driver, NamesTheSecretThatIsNotGiven) {
  ManualClock clock;
  Record record(clock.now());
  ScriptedSender sender(clock, [](const auto&) { return answer(200); });
  const std::vector<Load> loads = {open_load(R"(
[flow]
name = "f"
headers = { "X-API-Key" = "${api_key}", "X-Hook" = "${env:HOOK}" }
[flow.data]
tenant = { pick = ["a"] }
[[journey]]
name = "j"
[[journey.step]]
request = "GET /"
)",
                                             Rate{10})};
  const auto arrivals = plan(loads, {{"only", 1s}}, 1);
  const auto reason = [&](const Secrets& secrets) -> std::string {
    try {
      const Driver driver(clock, sender, loads, Work{schedule_of(arrivals)}, secrets, record);
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return "(nothing is missing)";
  };
  EXPECT_EQ(reason({.api_keys = {{"a", "k"}}, .environment = {}}),
            "flow 'f' needs the environment variable HOOK");
  EXPECT_EQ(reason({.api_keys = {{"b", "k"}}, .environment = {{"HOOK", "h"}}}),
            "there is no API key for tenant 'a', which flow 'f' draws");
  EXPECT_EQ(reason({.api_keys = {{"a", "k"}}, .environment = {{"HOOK", "h"}}}), "(nothing is missing)");
}

TEST(Driver, CountsAsItGoes) {
  Driven run(
      kOneRequest, [](const auto&) { return answer(200, "", 40ms); }, Rate{10}, 1s);
  run.run_to(120ms);
  Counters counters = run.driver->counters();
  EXPECT_EQ(counters.planned, 10U);
  EXPECT_EQ(counters.due, 2U);
  EXPECT_EQ(counters.started, 2U);
  EXPECT_EQ(counters.in_flight, 1U);
  EXPECT_EQ(counters.done, 1U);
  EXPECT_EQ(counters.requests, 1U);
  ASSERT_TRUE(counters.recent_p95);
  EXPECT_GE(*counters.recent_p95, 40ms);
  EXPECT_LT(*counters.recent_p95, 40ms + 40us);
}

}  // namespace
}  // namespace faultline::load
