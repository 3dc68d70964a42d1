#include "loadtest/recorder.h"

#include <gmock/gmock.h>

#include "../load/reading.h"
#include "../load/scripted_sender.h"
#include "load/driver.h"

namespace faultline::loadtest {
namespace {

using namespace std::chrono_literals;
using load::Reply;
using metrics::Selector;

constexpr const char* kOne =
    "[flow]\nname='f'\n[[journey]]\nname='j'\n[[journey.step]]\nrequest='GET /'\nname='get'\n";

// A load on paper: the clock is the test's.
struct OnPaper {
  OnPaper(load::Load load, std::vector<load::Phase> its_phases,
          std::function<Reply(const http::Request&, Duration)> service, load::DriverLimits limits = {})
      : phases(std::move(its_phases)),
        loads({std::move(load)}),
        sender(clock, [this, service = std::move(service)](
                          const http::Request& request) { return service(request, clock.now() - begin); }),
        recorder(loads, phases, begin),
        driver(clock, sender, loads,
               load::Work{load::schedule_of(loads, phases, 1), load::Users(loads, phases, 1)}, {}, recorder,
               std::move(limits)) {
    driver.start(begin, [] {});
    clock.advance(5min);
  }

  metrics::Series of(const Selector& selector) const {
    const auto series = recorder.metrics().select(selector);
    EXPECT_TRUE(series) << to_text(selector);
    return series.value_or(metrics::Series{});
  }

  ManualClock clock;
  const Instant begin{clock.now()};
  const std::vector<load::Phase> phases;
  const std::vector<load::Load> loads;
  load::ScriptedSender sender;
  Recorder recorder;
  load::Driver driver;
};

// A service that answers within a millisecond, but stands still for the first second of every ten.
Reply stalls(const http::Request&, Duration at) {
  const Duration into = at % 10s;
  return {.takes = into < 1s ? 1s - into + 1ms : 1ms};
}

TEST(Recorder, DoesNotOmitWhatWaitedBehindAStall) {
  const OnPaper run(load::open_load(kOne, Rate{1000}), {{"only", 10s}}, &stalls);
  // Of 10,000 arrivals the 1,000 that are due in the stall wait for its end: the one that is due at t waits 1 s - t. The
  // longest hundredth are those due in its first 100 ms, so that the 99th percentile is the wait of the last of them.
  const auto duration = run.of({"http_req_duration"});
  EXPECT_EQ(duration.trend.count(), 10'000U);
  EXPECT_NEAR(duration.trend.percentile(99).value(), 901, 1);
  EXPECT_NEAR(duration.trend.percentile(95).value(), 501, 1);
  EXPECT_NEAR(duration.trend.percentile(90).value(), 1, 1.1);
  EXPECT_NEAR(duration.trend.average().value(), (1000 * 501.5 + 9000 * 1) / 10'000.0, 0.5);
}

TEST(Recorder, ShowsAStallToUsersOnlyOnce) {
  load::Load closed = load::open_load(kOne, Rate{1});
  closed.model = load::Load::Model::closed;
  const OnPaper run(closed, {{"only", 10s}}, &stalls);
  const auto duration = run.of({"http_req_duration"});
  EXPECT_NEAR(duration.trend.most().value(), 1001, 1);
  EXPECT_NEAR(duration.trend.percentile(99.9).value(), 1, 0.01)
      << "a user asked nothing while the service stood still";
}

TEST(Recorder, HasK6sMetricsWithTheirTags) {
  const OnPaper run(load::open_load(R"(
[flow]
name = "f"
[[journey]]
name = "j"
[[journey.step]]
request = "GET /a"
name = "a"
tags = { kind = "read" }
check = [{ name = "has id", pointer = "/id" }]
measure = [{ trend = "a_took" }, { counter = "a_failed", when = "failed" }]
[[journey.step]]
request = "GET /b"
name = "b"
)",
                                    Rate{10}),
                    {{"calm", 1s}, {"storm", 1s}}, [](const http::Request& request, Duration at) {
                      if (request.target == "/b" && at >= 1s) {
                        return at < 1500ms ? Reply{.takes = 10ms, .status = 503}
                                           : Reply{.takes = 10ms, .failure = http::Failure::reset};
                      }
                      return Reply{.takes = 20ms, .status = 200, .body = at < 1s ? R"({"id":1})" : "{}"};
                    });
  EXPECT_EQ(run.of({"http_reqs"}).count, 40);
  EXPECT_EQ(run.of({"http_reqs", {{"name", "a"}, {"phase", "calm"}}}).count, 10);
  EXPECT_EQ(run.of({"http_reqs", {{"kind", "read"}}}).count, 20);
  EXPECT_EQ(run.of({"http_reqs", {{"status", "503"}}}).count, 5);
  EXPECT_EQ(run.of({"http_reqs", {{"error", "reset"}}}).count, 5);
  EXPECT_EQ(run.of({"http_req_failed"}).passed, 10U);
  EXPECT_EQ(run.of({"http_req_failed", {{"phase", "calm"}}}).passed, 0U);
  EXPECT_EQ(run.of({"checks", {{"check", "has id"}}}).passed, 10U);
  EXPECT_EQ(run.of({"checks", {{"check", "has id"}}}).samples, 20U);
  EXPECT_NEAR(run.of({"a_took"}).trend.average().value(), 20, 0.01);
  EXPECT_EQ(run.of({"a_failed"}).count, 10) << "its check did not hold";
  EXPECT_EQ(run.of({"iterations"}).count, 20);
  EXPECT_EQ(run.of({"iteration_failed"}).passed, 10U);
  EXPECT_NEAR(run.of({"iteration_duration", {{"phase", "calm"}}}).trend.average().value(), 40, 0.01);
  EXPECT_EQ(run.of({"dropped_iterations"}).count, 0);
}

TEST(Recorder, CountsWhatWasDropped) {
  const OnPaper run(load::open_load(kOne, Rate{10}), {{"only", 1s}},
                    [](const auto&, Duration) { return Reply{.takes = 10s}; }, {.in_flight = 4});
  EXPECT_EQ(run.of({"dropped_iterations"}).count, 6);
  EXPECT_EQ(run.of({"iterations"}).count, 4);
}

TEST(Recorder, CountsWhatComesTooLateForASecondInTheNext) {
  const std::vector<load::Load> loads = {load::open_load(kOne, Rate{1})};
  const std::vector<load::Phase> phases = {{"only", 10s}};
  Recorder recorder(loads, phases, Instant{});
  load::Arrival arrival{.number = 1, .phase = "only", .flow = "f", .journey = "j"};
  EXPECT_TRUE(recorder.take_before(3).empty());
  recorder.arrival_started(arrival, Instant{} + 1s, 100ms);
  EXPECT_EQ(recorder.take_before(4).at(3).started, 1U) << "a line a second, and none twice";
}

TEST(Recorder, TellsEachSecondOnce) {
  OnPaper run(load::open_load(kOne, Rate{4}), {{"only", 3s}},
              [](const auto&, Duration) { return Reply{.takes = 300ms}; });
  const auto first = run.recorder.take_before(2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first.at(0).started, 4U);
  EXPECT_EQ(first.at(0).requests, 3U) << "the fourth, due at 750 ms, ended in the next";
  EXPECT_EQ(first.at(1).requests, 4U);
  const auto rest = run.recorder.take_before(100);
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest.at(2).started, 4U);
  EXPECT_EQ(rest.at(3).requests, 1U);
}

}  // namespace
}  // namespace faultline::loadtest
