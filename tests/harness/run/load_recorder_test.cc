#include "run/load_recorder.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "scratch.h"

namespace faultline::run {
namespace {

using namespace std::chrono_literals;
using load::Outcome;
using ::testing::ElementsAre;

load::Arrival arrival(std::uint64_t number, const std::string& tenant) {
  load::Arrival made;
  made.number = number;
  made.phase = "only";
  if (!tenant.empty()) {
    made.data = {{"tenant", tenant}};
  }
  return made;
}

class LoadRecorderTest : public ::testing::Test {
 protected:
  LoadRecorderTest() {
    scenario_.phases.push_back({"only", {}, 60s});
    journal_.emplace(directory_ / "journal.ndjson", Instant{});
    causes_.emplace(arrivals_, scenario_);
    clock_.emplace(scenario_, Instant{});
    recorder_.emplace(*clock_, *journal_, *causes_, false);
  }

  // Sent at this time (without a connection: due then), answered half a second later.
  void request(const load::Arrival& of, const std::string& route, Duration sent,
               Outcome outcome = Outcome::acked, const load::Captures& captures = {}, bool connected = true) {
    load::RequestStep step;
    step.method = route.substr(0, route.find(' '));
    step.route = route;
    const http::Exchange exchange;
    recorder_->request_finished({.arrival = of,
                                 .request = step,
                                 .due = Instant{} + (connected ? Duration::zero() : sent),
                                 .sent = connected ? std::optional(Instant{} + sent) : std::nullopt,
                                 .finished = Instant{} + sent + 500ms,
                                 .outcome = outcome,
                                 .captures = captures,
                                 .exchange = exchange,
                                 .checks = {},
                                 .measures = {}});
  }
  void registers(const load::Arrival& of, Duration sent, Outcome outcome = Outcome::acked) {
    request(of, "POST /api/v1/webhooks", sent, outcome);
  }
  // The run is asked for at this time.
  void runs(const load::Arrival& of, Duration sent) {
    const load::Captures captures = {{"executionId", "e-" + std::to_string(of.number)}};
    request(of, "POST /api/v1/jobs/${jobId}/run", sent, Outcome::acked, captures);
    request(of, "GET /api/v1/jobs/${jobId}/executions", sent + 20s, Outcome::acked, captures);
    recorder_->arrival_finished(
        {.arrival = of, .captures = {{"jobId", "j"}, {"executionId", captures.front().second}}});
  }
  std::vector<std::uint64_t> announced() const {
    std::vector<std::uint64_t> list;
    for (const AcceptedRun& run : recorder_->accepted()) {
      if (run.announced) {
        list.push_back(run.arrival);
      }
    }
    return list;
  }

  Scratch directory_;
  scenario::Scenario scenario_;
  std::vector<load::Arrival> arrivals_ = {arrival(1, "a"), arrival(2, "a"), arrival(3, "a"),
                                          arrival(4, "b"), arrival(5, ""),  arrival(6, "")};
  std::optional<Journal> journal_;
  std::optional<ArrivalCauses> causes_;
  std::optional<PhaseClock> clock_;
  std::optional<LoadRecorder> recorder_;
};

TEST_F(LoadRecorderTest, KnowsWhichRunsWereAskedForAfterTheirTenantHadAWebhook) {
  registers(arrivals_[0], 1s);  // is known at 1.5 s
  registers(arrivals_[0], 5s);
  runs(arrivals_[0], 1499ms);
  runs(arrivals_[1], 1500ms);
  runs(arrivals_[2], 2s);
  runs(arrivals_[3], 3s);  // of another tenant
  EXPECT_EQ(recorder_->accepted().size(), 4U);
  EXPECT_THAT(announced(), ElementsAre(2, 3));
}

TEST_F(LoadRecorderTest, TakesArrivalsWithoutATenantForOne) {
  registers(arrivals_[4], 1s);
  runs(arrivals_[5], 2s);
  EXPECT_THAT(announced(), ElementsAre(6));
}

TEST_F(LoadRecorderTest, TakesNothingElseForARegistration) {
  registers(arrivals_[0], 0s, Outcome::unknown);
  registers(arrivals_[0], 0s, Outcome::failed);
  request(arrivals_[0], "GET /api/v1/webhooks", 0s);
  request(arrivals_[0], "POST /api/v1/webhooks/1/redeliver", 0s);
  runs(arrivals_[1], 10s);
  EXPECT_EQ(recorder_->accepted().size(), 1U);
  EXPECT_THAT(announced(), ElementsAre());
}

TEST_F(LoadRecorderTest, WritesHowManyChecksOfAnAnswerPassed) {
  load::RequestStep step;
  step.route = "GET /";
  const load::Check check;
  const http::Exchange exchange;
  for (const std::vector<load::CheckResult>& checks :
       {std::vector<load::CheckResult>{{&check, true}, {&check, false}, {&check, true}}, {}}) {
    recorder_->request_finished({.arrival = arrivals_[0],
                                 .request = step,
                                 .captures = {},
                                 .exchange = exchange,
                                 .checks = checks,
                                 .measures = {}});
  }
  journal_->flush();
  const auto records = read_journal(directory_ / "journal.ndjson").records;
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].at("checks").dump(), R"({"passed":2,"failed":1})");
  EXPECT_FALSE(records[1].contains("checks")) << "nothing was checked";
}

TEST_F(LoadRecorderTest, WritesOfAJourneyOfAUserWhatNoPlanHas) {
  load::Arrival made = arrival(load::number_of({.user = 3, .number = 7}), "a");
  made.flow = "f";
  made.journey = "j";
  made.traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
  recorder_->arrival_started(made, Instant{} + 2s, 1ms);
  recorder_->arrival_started(arrivals_[0], Instant{} + 2s, 1ms);
  journal_->flush();
  const auto records = read_journal(directory_ / "journal.ndjson").records;
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].at("k"), 3'000'000'007);
  EXPECT_EQ(records[0].at("user"), 3);
  EXPECT_EQ(records[0].at("iteration"), 7);
  EXPECT_EQ(records[0].at("phase"), "only");
  EXPECT_EQ(records[0].at("due"), 2.0);
  EXPECT_EQ(records[0].at("data").dump(), R"({"tenant":"a"})");
  EXPECT_EQ(records[0].at("traceparent"), made.traceparent);
  EXPECT_FALSE(records[1].contains("user"));
  EXPECT_FALSE(records[1].contains("data")) << "its plan has it";
}

TEST_F(LoadRecorderTest, KeepsAJourneyThatHasEndedWhenNobodyElseDoes) {
  LoadRecorder keeping(*clock_, *journal_, *causes_, true);
  {
    const auto ended =
        std::make_unique<load::Arrival>(arrival(load::number_of({.user = 1, .number = 1}), "b"));
    keeping.arrival_finished({.arrival = *ended, .captures = {}});
  }
  ASSERT_EQ(keeping.ended().size(), 1U);
  EXPECT_EQ(*keeping.ended()[0].arrival.datum("tenant"), "b");
}

}  // namespace
}  // namespace faultline::run
