// How a journey goes from step to step.

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "driven.h"

namespace faultline::load {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

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

}  // namespace
}  // namespace faultline::load
