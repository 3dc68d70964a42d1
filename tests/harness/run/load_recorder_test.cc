#include "run/load_recorder.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

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
    std::string pattern = (std::filesystem::temp_directory_path() / "load_recorder_test_XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    scenario_.phases.push_back({"only", {}, 60s});
    journal_.emplace(directory_ / "journal.ndjson", Instant{});
    causes_.emplace(arrivals_, scenario_);
    clock_.emplace(scenario_, Instant{});
    recorder_.emplace(*clock_, *journal_, *causes_, false);
  }
  ~LoadRecorderTest() override {
    journal_.reset();
    std::filesystem::remove_all(directory_);
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

  std::filesystem::path directory_;
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

}  // namespace
}  // namespace faultline::run
