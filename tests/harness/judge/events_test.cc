#include "judge/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using namespace std::chrono_literals;
using slo::Indicator;
using Of = Indicator::Of;

Events events(const RunOnPaper& run, const Indicator& good) {
  return events_of(good, run.scenario, read_evidence(run.journal));
}

// Seconds at which each is due, negative where it is bad; half a second more, so that the first may be bad too.
std::vector<double> told(const Events& found) {
  std::vector<double> list;
  for (const slo::Event& event : found.all) {
    list.push_back((event.bad ? -1 : 1) * (seconds(event.at) + 0.5));
  }
  return list;
}

RunOnPaper with_requests() {
  RunOnPaper run;
  run.request(3, 0.2);
  run.request(1, 0.201, false)["status"] = 404;
  run.request(11, std::nullopt);
  run.request(2, 0.1, false)["status"] = 500;
  return run;
}

TEST(Events, OfRequestsAreInTheOrderInWhichTheyWereDue) {
  const RunOnPaper run = with_requests();
  const Events found = events(run, {});
  EXPECT_EQ(told(found), (std::vector<double>{-1.5, -2.5, 3.5, -11.5}));
  EXPECT_EQ(found.phases, (std::vector<std::string_view>{"steady", "steady", "steady", "incident"}));
}

TEST(Events, OfRequestsAreGoodByTheirTimeOrTheirStatus) {
  const RunOnPaper run = with_requests();
  EXPECT_EQ(told(events(run, {.of = Of::requests, .within = 200ms})),
            (std::vector<double>{-1.5, 2.5, 3.5, -11.5}));
  EXPECT_EQ(told(events(run, {.of = Of::requests, .status_below = 500})),
            (std::vector<double>{1.5, -2.5, 3.5, -11.5}));
}

TEST(Events, OfRunsAreGoodWhenTheyComplete) {
  RunOnPaper run;
  run.write("arrival", 0, {{"k", 1}, {"phase", "steady"}, {"due", 4}, {"late", 0}});
  run.write("arrival", 0, {{"k", 2}, {"phase", "steady"}, {"due", 2}, {"late", 0}});
  run.accepted_run(1, "steady", "completed");
  run.accepted_run(2, "steady", "running");
  run.accepted_run(3, "incident",
                   "failed");  // of an arrival that the journal does not have: its phase begins at 10 s
  const Events found = events(run, {.of = Of::runs});
  EXPECT_EQ(told(found), (std::vector<double>{-2.5, 4.5, -10.5}));
  EXPECT_EQ(found.phases.back(), "incident");
}

class WebhookEvents : public ::testing::Test {
 protected:
  WebhookEvents() {
    run_.scenario.webhooks = scenario::WebhookReceiver{.about = "/id", .contract = {.timeout = 3s}};
  }

  void attempt(const std::string& delivery, double at, double answered_after, int status = 200) {
    run_.write("observation", 40,
               {{"of", "webhook"},
                {"path", "/hooks"},
                {"delivery", delivery},
                {"event", ""},
                {"subject", "e-" + delivery},
                {"number", 1},
                {"at", at},
                {"treatment", "answered"},
                {"status", status},
                {"answered", at + answered_after},
                {"body", "00"}});
  }
  void announced(const std::string& execution, const std::string& status = "completed") {
    run_.write("observation", 40,
               {{"of", "run"},
                {"k", 9},
                {"phase", "recovery"},
                {"job", "j"},
                {"execution", execution},
                {"status", status},
                {"announced", true}});
  }
  void log_ends(int not_noted = 0) {
    run_.write("observation", 40, {{"of", "webhook_receiver"}, {"not_noted", not_noted}});
  }
  std::vector<double> found() const { return told(events(run_, {.of = Of::webhooks, .within = 5s})); }

  RunOnPaper run_;
};

TEST_F(WebhookEvents, AreGoodWhenTheyAreDeliveredInTime) {
  attempt("1", 1, 0.1);
  attempt("2", 2, 0.1, 500);
  attempt("2", 6.5, 0.5);  // exactly 5 s after its first
  attempt("3", 3, 0.1, 500);
  attempt("3", 7.5, 0.6);
  attempt("4", 4, 3.5);  // its sender did not wait so long
  log_ends();
  EXPECT_EQ(found(), (std::vector<double>{1.5, 2.5, -3.5, -4.5}));
  EXPECT_EQ(told(events(run_, {.of = Of::webhooks})), (std::vector<double>{1.5, 2.5, 3.5, -4.5}));
}

TEST_F(WebhookEvents, AreOfThePhaseInWhichTheirFirstAttemptCame) {
  attempt("1", 9.9, 0.1, 500);
  attempt("1", 11, 0.1);
  attempt("2", 10, 0.1);
  attempt("3", 35, 0.1);  // after the load
  log_ends();
  EXPECT_EQ(events(run_, {.of = Of::webhooks}).phases,
            (std::vector<std::string_view>{"steady", "incident", "recovery"}));
}

TEST_F(WebhookEvents, ThatTheCustomerWantsNoMoreAreNotCounted) {
  attempt("1", 1, 0.1, 410);
  attempt("2", 2, 0.1, 500);
  log_ends();
  EXPECT_EQ(found(), (std::vector<double>{-2.5}));
}

TEST_F(WebhookEvents, ThatNeverCameAreBad) {
  attempt("1", 1, 0.1);
  announced("e-1");
  announced("e-2", "failed");
  announced("e-3", "running");  // nothing was to be told yet
  log_ends();
  EXPECT_EQ(found(), (std::vector<double>{1.5, -20.5})) << "of the phase in which its run was asked for";
}

TEST_F(WebhookEvents, CannotBeToldByHalfALog) {
  attempt("1", 1, 0.1);
  EXPECT_EQ(events(run_, {.of = Of::webhooks}).unknown, "there is no log of webhooks");
  log_ends(3);
  EXPECT_EQ(events(run_, {.of = Of::webhooks}).unknown, "3 webhooks were not noted");
  EXPECT_TRUE(events(run_, {.of = Of::webhooks}).all.empty());
}

}  // namespace
}  // namespace faultline::judge
