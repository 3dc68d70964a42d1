// A service that notifies its customers: what the receiver of the scenario saw is what the run is judged by.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "command.h"
#include "http/message.h"
#include "http/server.h"
#include "webhooks/sender.h"
#include "webhooks/signature.h"

namespace faultline::e2e {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// As much of the reference service's API as a run needs: every run is completed at once, and told of.
class NotifyingService {
 public:
  NotifyingService()
      : sender_(loop_, {.pauses = {200ms, 400ms, 800ms, 1600ms}}),
        server_(loop_, "127.0.0.1", 0, [this](const http::Request& request, const http::Respond& respond) {
          auto [status, body] = serve(request);
          respond({status, {{"Content-Type", "application/json"}}, body.dump()});
        }) {}

  // Of the run with this number, from 1, it tells nobody.
  void swallow(int run) {
    loop_.run([&] { swallowed_ = run; });
  }
  // Signs with another secret than the one it was given.
  void forget_the_secret() {
    loop_.run([&] { forgets_ = true; });
  }
  // What it was given to tell with: "URL SECRET".
  std::set<std::string> registered() {
    return loop_.run([&] { return registered_; });
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}", server_.port()); }

 private:
  std::pair<int, json> serve(const http::Request& request) {
    const std::string target(http::path_of(request.target));
    if (request.method == "GET") {
      if (target.ends_with("/executions")) {
        const json execution = {{"id", "run-of-" + job_in(target)}, {"status", "completed"}};
        return {200, {{"data", json::array({execution})}}};
      }
      return {target.starts_with("/api/v1/reports/") ? 404 : 200, json::object()};
    }
    if (target == "/api/v1/webhooks") {
      endpoint_ = json::parse(request.body);
      registered_.insert(fmt::format("{} {}", endpoint_.value("url", ""), endpoint_.value("secret", "")));
      return {201, {{"data", endpoint_}}};
    }
    if (target.ends_with("/run")) {
      const std::string execution = "run-of-" + job_in(target);
      if (++runs_ != swallowed_) {
        tell_of(execution, std::string(request.headers.find("traceparent").value_or("")));
      }
      return {202, {{"data", {{"executionId", execution}}}}};
    }
    return {201, {{"data", {{"id", fmt::format("job-{}", ++jobs_)}}}}};
  }

  static std::string job_in(const std::string& target) {
    const auto begin = target.find("/job-") + 1;
    return target.substr(begin, target.find('/', begin) - begin);
  }

  void tell_of(const std::string& execution, const std::string& traceparent) {
    const std::string secret = forgets_ ? "another" : endpoint_.value("secret", "");
    const json body = {{"id", "evt-" + execution},
                       {"type", "reconciliation.completed"},
                       {"data", {{"executionId", execution}}}};
    sender_.send({.id = "d-" + execution,
                  .endpoint_id = "the only one",
                  .where = [url = endpoint_.value("url", "")] { return url; },
                  .make =
                      [secret, traceparent, execution, text = body.dump()](std::int64_t now) {
                        return http::Request{
                            .headers = {{"X-Settler-Delivery", "d-" + execution},
                                        {"X-Settler-Signature",
                                         webhooks::sign(webhooks::Scheme::settler, secret, now, text)},
                                        {"traceparent", traceparent}},
                            .body = text};
                      }});
  }

  Loop loop_{"service"};
  json endpoint_ = json::object();
  std::set<std::string> registered_;
  int jobs_ = 0, runs_ = 0, swallowed_ = 0;
  bool forgets_ = false;
  webhooks::Sender sender_;
  http::Server server_;
};

constexpr const char* kFlow = R"([flow]
name = "told"
headers = { "X-API-Key" = "${api_key}" }
[flow.data]
tenant = { pick = ["tenant-a"] }
[[journey]]
name = "register and run"
[[journey.step]]
request = "POST /api/v1/webhooks"
json    = { url = "${env:WEBHOOK_URL}/${tenant}", secret = "${env:WEBHOOK_SECRET}" }
[[journey.step]]
request = "POST /api/v1/jobs"
json    = {}
capture = { jobId = "/data/id" }
[[journey.step]]
request = "POST /api/v1/jobs/${jobId}/run"
capture = { executionId = "/data/executionId" }
)";

// Its receiver fails the first attempt that it sees of each; before it the proxy fails one of its own.
std::string scenario(const Scratch& scratch, const NotifyingService& service, const std::string& settle) {
  scratch.write("flows/told.toml", kFlow);
  return scratch.write("told.toml", fmt::format(R"([scenario]
name = "told"
[service]
url = "{}"
[dependency.webhook_receiver]
signature = "settler"
about     = "/data/executionId"
answers   = [{{ status = 500, times = 1 }}]
[dependency.webhook_receiver.contract]
timeout  = "10s"
backoff  = ["200ms", "400ms"]
attempts = 5
settle   = "{}"
[[load]]
flow = "told"
rate = "10/s"
[[phase]]
name = "only"
for  = "1s"
[[fault]]
name   = "the customer's gateway fails"
on     = "webhook_receiver"
match  = {{ method = "POST", route = "/hooks/*" }}
when   = {{ first = 1, of = "cause" }}
inject = {{ status = {{ code = 502 }} }}
[[expect]]
invariants = ["every accepted run ends", "no webhook lost", "webhook repeats carry the same id",
              "no webhook is repeated before its backoff", "webhook signatures verify"]
[validity]
late = "10s"
)",
                                                service.url(), settle));
}

TEST(Webhooks, AreSeenToArriveBehindFaultsAndInAReplayToo) {
  NotifyingService service;
  const Scratch scratch;
  const std::string first = (scratch / "first").string(), again = (scratch / "again").string();
  const Said said = run({"run", scenario(scratch, service, "60s"), "--verbose", "--out", first});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(ContainsRegex("webhook_receiver +ready after"),
                              HasSubstr("10 of 10 runs told of"), HasSubstr("20 of 20 verify")));
  const Said trace = run({"trace", first});
  EXPECT_THAT(trace.out, HasSubstr("1  webhook_receiver POST /hooks/tenant-a #1  request: status by \"the "
                                   "customer's gateway fails\"\n"));
  const auto before = service.registered();
  ASSERT_EQ(before.size(), 1U);
  EXPECT_THAT(*before.begin(), ContainsRegex("^http://127.0.0.1:[0-9]+/hooks/tenant-a whsec_[0-9a-f]{32}$"));

  // Which repeats come before the load has ended, and so are in the trace, is not the same each time.
  const Said replayed = run({"replay", first, "--out", again});
  EXPECT_THAT(replayed.out, HasSubstr("told  held")) << replayed.err;
  std::set<std::string> secrets;
  for (const std::string& each : service.registered()) {
    secrets.insert(each.substr(each.find(' ')));
  }
  EXPECT_EQ(secrets.size(), 1U) << "it comes from the seed";
}

TEST(Webhooks, AreSeenToBeLostAndWronglySigned) {
  NotifyingService service;
  service.swallow(3);
  service.forget_the_secret();
  const Scratch scratch;
  const Said said = run({"run", scenario(scratch, service, "2s"), "--out", (scratch / "run").string()});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(ContainsRegex("FAIL invariant: no webhook lost\n +9 of 10 runs told of"),
                              HasSubstr("execution run-of-job-3: completed"),
                              ContainsRegex("FAIL invariant: webhook signatures verify\n +0 of ")));
}

}  // namespace
}  // namespace faultline::e2e
