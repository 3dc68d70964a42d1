// The whole way over loopback: plan, driver, sender, client, server.

#include "load/http_sender.h"

#include <gmock/gmock.h>

#include <future>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/server.h"
#include "load/driver.h"
#include "load/plan.h"
#include "loop/loop.h"
#include "reading.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::StartsWith;

class Outcomes final : public Observer {
 public:
  void arrival_started(const Arrival&, Instant, Duration) override {}
  void arrival_shed(const Arrival&, Instant) override { ADD_FAILURE() << "nothing is shed at this rate"; }
  void request_finished(const RequestRecord& record) override {
    EXPECT_TRUE(record.expected) << http::to_text(record.failure);
    EXPECT_TRUE(record.sent);
    EXPECT_GE(record.latency().value_or(-1s), 0s);
  }
  void arrival_finished(const OutcomeRecord& record) override { complete += record.complete ? 1 : 0; }

  int complete = 0;
};

// Takes 20 journeys through a service at /base/ of a real server, and returns when they have ended.
void take_through(const std::string& steps, const http::Handler& service, Observer& observer) {
  Loop loop("load-test");
  auto server = loop.run([&] { return std::make_unique<http::Server>(loop, "127.0.0.1", 0, service); });
  const std::vector<Load> loads = {
      open_load("[flow]\nname = 'f'\n[[journey]]\nname = 'j'\n" + steps, Rate{100})};
  std::promise<void> finished;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<HttpSender> sender;
  std::unique_ptr<Driver> driver;
  loop.run([&] {
    client = std::make_unique<http::Client>(loop);
    sender = std::make_unique<HttpSender>(*client,
                                          http::Url{"127.0.0.1", std::to_string(server->port()), "/base/"});
    driver =
        std::make_unique<Driver>(loop.clock(), *sender, loads,
                                 Work{schedule_of(plan(loads, {{"only", 200ms}}, 1))}, Secrets{}, observer);
    driver->start(monotonic_now(), [&] { finished.set_value(); });
  });
  const auto status = finished.get_future().wait_for(20s);
  loop.run([&] {
    driver.reset();
    sender.reset();
    client.reset();
    server.reset();
  });
  ASSERT_EQ(status, std::future_status::ready) << "20 journeys of two requests end within 20 s";
}

TEST(HttpSender, TakesJourneysThroughARealService) {
  std::vector<std::string> targets, traces;
  Outcomes outcomes;
  take_through(R"(
[[journey.step]]
request = "POST /jobs"
json = { name = "x" }
expect = [201]
capture = { id = "/data/id" }
[[journey.step]]
request = "GET /jobs/${id}"
)",
               [&](const http::Request& request, const http::Respond& respond) {
                 targets.push_back(request.target);
                 traces.emplace_back(request.headers.find("traceparent").value_or(""));
                 respond({.status = request.method == "POST" ? 201 : 200,
                          .headers = {},
                          .body = R"({"data":{"id":"7"}})"});
               },
               outcomes);
  EXPECT_EQ(outcomes.complete, 20);
  EXPECT_EQ(targets.size(), 40U);
  EXPECT_THAT(targets, Each(StartsWith("/base/jobs")));
  EXPECT_THAT(traces, Each(StartsWith("00-")));
}

TEST(HttpSender, FollowsTheRedirectOfAFormWithItsCookie) {
  std::vector<std::string> forms, cookies;
  Outcomes outcomes;
  take_through(
      R"(
[[journey.step]]
request = "POST /login"
form = { user = "ann b" }
)",
      [&](const http::Request& request, const http::Respond& respond) {
        if (request.target == "/base/login") {
          forms.push_back(request.method + " " + request.body);
          return respond({.status = 303,
                          .headers = {{"Location", "home?x=1"}, {"Set-Cookie", "session=s; Path=/base"}},
                          .body = ""});
        }
        cookies.push_back(request.method + " " + request.target + " " +
                          std::string(request.headers.find("Cookie").value_or("")) + request.body);
        respond({.status = 200, .headers = {}, .body = ""});
      },
      outcomes);
  EXPECT_EQ(outcomes.complete, 20);
  EXPECT_EQ(forms, std::vector<std::string>(20, "POST user=ann+b"));
  EXPECT_EQ(cookies, std::vector<std::string>(20, "GET /base/home?x=1 session=s"));
}

}  // namespace
}  // namespace faultline::load
