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

constexpr const char* kCreateThinkRead = R"(
[[journey.step]]
request = "POST /jobs"
name = "create"
expect = [201]
capture = { id = "/data/id" }
[[journey.step]]
think = "1s"
[[journey.step]]
request = "GET /jobs/${id}"
name = "read"
)";

TEST(Driver, CountsTheNextRequestFromTheEndOfTheOneBeforeAndTheThinkTime) {
  Driven run(kCreateThinkRead, [](const http::Request& request) {
    return request.method == "POST" ? answer(201, R"({"data":{"id":"a/1"}})", 30ms) : answer(200, "", 20ms);
  });
  run.run_to(5s);
  EXPECT_THAT(run.sent_lines(), ElementsAre("POST /jobs", "GET /jobs/a%2F1"));
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 1030ms));
  ASSERT_EQ(run.record.requests.size(), 2U);
  EXPECT_EQ(run.record.requests[0].latency, 30ms);
  EXPECT_EQ(run.record.requests[1].due, 1030ms);
  EXPECT_EQ(run.record.requests[1].latency, 20ms);
  ASSERT_EQ(run.record.ends.size(), 1U);
  EXPECT_EQ(run.record.ends[0].outcome, Outcome::acked);
  EXPECT_TRUE(run.record.ends[0].complete);
  EXPECT_THAT(run.record.ends[0].captures, ElementsAre(Pair("id", "a/1")));
}

TEST(Driver, SendsWhatThePlanSays) {
  Driven run(R"(
[[journey.step]]
request = "POST /jobs/${arrival}"
headers = { "X-API-Key" = "${api_key}", "X-Hook" = "${env:HOOK}" }
json = { name = "job-${token}" }
timeout = "3s"
)",
             [](const auto&) { return answer(200); });
  run.run_to(1s);
  ASSERT_EQ(run.sender.sent.size(), 1U);
  const auto& [at, request, timeout] = run.sender.sent[0];
  EXPECT_EQ(request.target, "/jobs/1");
  EXPECT_EQ(request.body, R"({"name":"job-)" + *run.arrivals[0].datum("token") + R"("})");
  EXPECT_EQ(timeout, 3s);
  const std::vector<std::pair<std::string, std::string>> fields(request.headers.begin(),
                                                                request.headers.end());
  EXPECT_THAT(fields, ElementsAre(Pair("X-API-Key", "key-of-a"), Pair("X-Hook", "hook"),
                                  Pair("Content-Type", "application/json"),
                                  Pair("traceparent", run.arrivals[0].traceparent)));
}

TEST(Driver, EndsAJourneyAtARefusal) {
  Driven run(kCreateThinkRead, [](const auto&) { return answer(503, R"({"data":{"id":"x"}})"); });
  run.run_to(5s);
  EXPECT_THAT(run.sent_lines(), ElementsAre("POST /jobs")) << "what is in a refusal is not captured";
  ASSERT_EQ(run.record.ends.size(), 1U);
  EXPECT_EQ(run.record.ends[0].outcome, Outcome::failed);
  EXPECT_FALSE(run.record.ends[0].complete);
  EXPECT_EQ(run.record.ends[0].stopped_at, "create");
  EXPECT_EQ(run.record.requests[0].status, 503);
  EXPECT_FALSE(run.record.requests[0].expected);
  EXPECT_EQ(run.record.requests[0].latency, 5ms) << "a refusal is an answer too";
  EXPECT_EQ(run.driver->counters().errors, 1U);
  EXPECT_EQ(run.driver->counters().failed, 1U);
}

TEST(Driver, SkipsTheRestWhenTheAnswerLacksWhatIsCaptured) {
  for (const char* body : {"{}", "not json", R"({"data":{"id":null}})", R"({"data":{"id":[1]}})", ""}) {
    Driven run(kCreateThinkRead, [&](const auto&) { return answer(201, body); });
    run.run_to(5s);
    EXPECT_THAT(run.sent_lines(), ElementsAre("POST /jobs")) << body;
    ASSERT_EQ(run.record.ends.size(), 1U) << body;
    EXPECT_EQ(run.record.ends[0].outcome, Outcome::acked)
        << "every answer that was awaited was read: " << body;
    EXPECT_FALSE(run.record.ends[0].complete) << body;
    EXPECT_EQ(run.record.ends[0].stopped_at, "read") << body;
  }
}

TEST(Driver, CapturesNumbersAsJsonWritesThem) {
  Driven run(kCreateThinkRead, [](const auto&) { return answer(201, R"({"data":{"id":42}})"); });
  run.run_to(5s);
  EXPECT_THAT(run.sent_lines(), ElementsAre("POST /jobs", "GET /jobs/42"));
}

struct WithoutAnAnswer {
  http::Failure failure;
  Outcome outcome;
};
class DriverFailure : public ::testing::TestWithParam<WithoutAnAnswer> {};

TEST_P(DriverFailure, HasItsOutcome) {
  Driven run(kOneRequest, [](const auto&) { return failure(GetParam().failure); });
  run.run_to(1s);
  ASSERT_EQ(run.record.ends.size(), 1U);
  EXPECT_EQ(run.record.ends[0].outcome, GetParam().outcome);
  ASSERT_EQ(run.record.requests.size(), 1U);
  EXPECT_EQ(run.record.requests[0].failure, GetParam().failure);
  EXPECT_EQ(run.record.requests[0].status, std::nullopt);
  EXPECT_EQ(run.record.requests[0].latency, std::nullopt) << "there is no latency without an answer";
  EXPECT_EQ(run.record.requests[0].sent.has_value(), GetParam().failure != http::Failure::refused);
  EXPECT_FALSE(run.record.requests[0].expected);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, DriverFailure,
                         ::testing::Values(WithoutAnAnswer{http::Failure::refused, Outcome::failed},
                                           WithoutAnAnswer{http::Failure::connect_timeout, Outcome::failed},
                                           WithoutAnAnswer{http::Failure::tls, Outcome::failed},
                                           WithoutAnAnswer{http::Failure::reset, Outcome::unknown},
                                           WithoutAnAnswer{http::Failure::timeout, Outcome::unknown},
                                           WithoutAnAnswer{http::Failure::malformed, Outcome::unknown}));

TEST(Driver, TellsWhatWasRefusedFromWhatMayHaveBeenDone) {
  const std::map<int, Outcome> outcomes = {
      {200, Outcome::acked},   {302, Outcome::unknown}, {404, Outcome::failed},  {429, Outcome::failed},
      {500, Outcome::unknown}, {501, Outcome::failed},  {502, Outcome::unknown}, {503, Outcome::failed},
      {504, Outcome::unknown}, {505, Outcome::failed}};
  for (const auto& [status, outcome] : outcomes) {
    Driven run(kOneRequest, [status = status](const auto&) { return answer(status); });
    run.run_to(1s);
    ASSERT_EQ(run.record.ends.size(), 1U);
    EXPECT_EQ(run.record.ends[0].outcome, outcome) << status;
  }
}

constexpr const char* kPoll = R"(
[[journey.step]]
request = "GET /status"
name = "poll"
repeat = { until = { pointer = "/status", in = ["completed", "failed"] }, every = "200ms", at_most = 4 }
[[journey.step]]
request = "GET /report"
)";

TEST(Driver, RepeatsARequestUntilItsAnswerSaysSo) {
  int polls = 0;
  Driven run(kPoll, [&](const http::Request& request) {
    const bool poll = request.target == "/status";
    return answer(200, poll && ++polls == 3 ? R"({"status":"completed"})" : R"({"status":"running"})", 50ms);
  });
  run.run_to(5s);
  EXPECT_THAT(run.sent_at(), ElementsAre(0ms, 250ms, 500ms, 550ms))
      << "200 ms after each answer, then at once";
  ASSERT_EQ(run.record.requests.size(), 4U);
  EXPECT_EQ(run.record.requests[2].attempt, 3U);
  EXPECT_EQ(run.record.requests[2].latency, 50ms);
  EXPECT_EQ(run.record.requests[3].attempt, 1U);
  EXPECT_TRUE(run.record.ends[0].complete);
}

TEST(Driver, GivesUpRepeatingAfterItsLastAttempt) {
  Driven run(kPoll, [](const auto&) { return answer(200, R"({"status":"running"})"); });
  run.run_to(5s);
  EXPECT_EQ(run.sender.sent.size(), 4U);
  ASSERT_EQ(run.record.ends.size(), 1U);
  EXPECT_EQ(run.record.ends[0].outcome, Outcome::acked) << "each attempt was answered as expected";
  EXPECT_EQ(run.record.ends[0].stopped_at, "poll");
  EXPECT_EQ(run.finished, 1);
}

TEST(Driver, GoesOnRepeatingAfterAnAttemptThatFailed) {
  int polls = 0;
  Driven run(kPoll, [&](const http::Request& request) {
    if (request.target == "/status" && ++polls < 3) {
      return polls == 1 ? failure(http::Failure::reset) : answer(503, R"({"status":"completed"})");
    }
    return answer(200, R"({"status":"completed"})");
  });
  run.run_to(5s);
  EXPECT_EQ(polls, 3) << "a refusal that says 'completed' does not end it";
  EXPECT_EQ(run.driver->counters().errors, 2U);
  ASSERT_EQ(run.record.ends.size(), 1U);
  EXPECT_EQ(run.record.ends[0].outcome, Outcome::acked) << "the last attempt counts";
  EXPECT_TRUE(run.record.ends[0].complete);
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
    driver = std::make_unique<Driver>(clock, sender, loads, Work{schedule_of({}), Users(loads, phases, 1, 0)},
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

TEST(Driver, ChecksAndMeasuresAnswers) {
  Driven run(R"(
[[journey.step]]
request = "POST /run"
name    = "run"
[[journey.step]]
request = "GET /state"
repeat  = { until = { pointer = "/state", in = ["done"] }, every = "100ms", at_most = 5 }
check   = [{ name = "has rows", pointer = "/rows" }, { name = "fast", within = "5ms" }]
measure = [{ rate = "passed" }, { trend = "took", since = "run" }, { trend = "rows", pointer = "/rows" },
           { counter = "failures", when = "failed" }, { rate = "done", pointer = "/state", in = ["done"] }]
)",
             [n = 0](const http::Request& request) mutable {
               return answer(
                   200, request.target == "/state" && ++n == 3 ? R"({"state":"done","rows":7})" : "{}", 10ms);
             });
  run.run_to(2s);
  std::vector<std::pair<std::string, bool>> checks = {{"has rows", true}, {"fast", false}};
  EXPECT_EQ(run.record.checks, checks) << "of the last look alone";
  const std::vector<std::pair<std::string, double>> measures = {
      {"passed", 0}, {"took", 240}, {"rows", 7}, {"failures", 1}, {"done", 1}};
  EXPECT_EQ(run.record.measures, measures);
}

TEST(Driver, GivesCookiesBackWithinAJourney) {
  Driven run(
      "[[journey.step]]\nrequest = 'GET /login'\n[[journey.step]]\nrequest = 'GET /home'\n",
      [](const http::Request& request) {
        Reply reply = answer(200);
        if (request.target == "/login") {
          reply.headers = {{"Set-Cookie", "session=" + std::string(*request.headers.find("traceparent"))}};
        }
        return reply;
      },
      Rate{2});
  run.run_to(2s);
  ASSERT_EQ(run.sender.sent.size(), 4U);
  for (const auto& sent : run.sender.sent) {
    const auto cookie = sent.request.headers.find("Cookie");
    if (sent.request.target == "/login") {
      EXPECT_FALSE(cookie) << "each journey begins without any";
    } else {
      EXPECT_EQ(cookie, "session=" + std::string(*sent.request.headers.find("traceparent")));
    }
  }
}

TEST(Driver, DrawsThinkTimesFromTheArrival) {
  const std::string flow = "[[journey.step]]\nthink = ['1s', '3s']\n" + std::string(kOneRequest);
  const auto times = [&] {
    Driven run(
        flow, [](const auto&) { return answer(200); }, Rate{10}, 2s);
    run.run_to(10s);
    std::vector<Duration> all;
    for (const auto& request : run.record.requests) {
      all.push_back(request.due - run.arrivals.at(request.k - 1).at);
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  const auto first = times();
  ASSERT_EQ(first.size(), 20U);
  EXPECT_GE(first.front(), 1s);
  EXPECT_LE(first.back(), 3s);
  EXPECT_GT(first.back() - first.front(), 1s);
  EXPECT_EQ(first, times());
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
