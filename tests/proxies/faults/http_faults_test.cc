// HTTP's faults, through curl: what the client saw, what the upstream did, and that the connection goes on.

#include <gmock/gmock.h>

#include <cstdio>
#include <fstream>

#include "fronted.h"
#include "http/server.h"
#include "loop/loop.h"
#include "process/directory.h"

namespace faultline::stream {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// What a command line says, its status behind it.
std::string shell(const std::string& line) {
  std::string said;
  FILE* pipe = popen((line + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (const std::size_t size = fread(buffer, 1, sizeof buffer, pipe)) {
    said.append(buffer, size);
  }
  return said + "exit " + std::to_string(WEXITSTATUS(pclose(pipe)));
}

class HttpFaults : public testing::TestWithParam<transport::Kind> {
 protected:
  Fronted fronted(std::initializer_list<std::string> rules) {
    return {GetParam(), server_.port(), "http", rules};
  }
  // The bodies of all answers, then how curl ended: 52 an empty reply, 56 a reset, 18 a partial body, 28 a timeout.
  static std::string curl(const Fronted& proxy, const std::string& what) {
    return shell("curl -s --max-time 5 " + with_base(proxy, " " + what));
  }
  static std::string with_base(const Fronted& proxy, std::string what) {
    const std::string base = "http://127.0.0.1:" + std::to_string(proxy.port());
    for (std::size_t at = what.find(" /"); at != std::string::npos; at = what.find(" /", at + base.size())) {
      what.insert(at + 1, base);
    }
    return what;
  }

  Loop loop_{"upstream"};
  std::mutex mutex_;
  std::vector<std::string> seen_;
  http::Server server_{
      loop_, "127.0.0.1", 0, [this](const http::Request& request, const http::Respond& respond) {
        {
          const std::lock_guard lock(mutex_);
          seen_.push_back(request.method + " " + request.target + " " + std::to_string(request.body.size()));
        }
        respond({200,
                 {{"Content-Type", "application/json"}},
                 request.target == "/big" ? "[" + std::string(100'000, '1') + "]" : R"({"ok":true})"});
      }};
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
};
INSTANTIATE_TEST_SUITE_P(On, HttpFaults, each_transport(), transport_name);

TEST_P(HttpFaults, StatusInsteadOfARequestKeepsTheConnection) {
  Fronted proxy = fronted(
      {R"(match = { method = "POST", route = "/v1/charges/*" }, inject = { status = { code = 429, as = "stripe" } })"});
  const std::string got = curl(
      proxy,
      "-w '%{http_code} %{num_connects};' /v1/balance -d a=1 --next -s -w '%{http_code} %{num_connects};' -d "
      "a=1 /v1/charges/ch_123 --next -s -w '%{http_code} %{num_connects};' /v1/balance");
  EXPECT_THAT(got, HasSubstr(R"("code":"rate_limit")"));
  EXPECT_THAT(got, HasSubstr("200 1;"));
  EXPECT_THAT(got, HasSubstr("429 0;")) << "on the same connection";
  EXPECT_THAT(got, testing::EndsWith("200 0;exit 0")) << "which goes on";
  EXPECT_THAT(seen(), ElementsAre("POST /v1/balance 3", "GET /v1/balance 0")) << "the upstream never saw it";
  EXPECT_THAT(proxy.acted(), ElementsAre("status request POST /v1/charges/* #1"));
  EXPECT_THAT(proxy.unframed(), IsEmpty());
}

TEST_P(HttpFaults, StatusComesOnceTheRequestHasComeWhole) {
  Fronted proxy =
      fronted({R"(inject = { status = { code = 503, headers = { "Retry-After" = "7" }, body = "no" } })"});
  EXPECT_THAT(
      curl(proxy, "-i -H 'Expect:' --data-binary @/usr/bin/curl /upload"),
      testing::AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\n"), HasSubstr("Retry-After: 7\r\n"),
                     Not(HasSubstr("Retry-After: 1")), testing::EndsWith("\r\n\r\nnoexit 0")));
  EXPECT_THAT(curl(proxy, "-w '%{http_code}' -I -o/dev/null /head"), "503exit 0") << "without a body";
  EXPECT_THAT(curl(proxy, "-w '%{http_code}' -o/dev/null -H 'Expect: 100-continue' -d a=1 /expects"),
              "503exit 0");
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_P(HttpFaults, StatusAfterTheRequestWasServed) {
  Fronted proxy = fronted({R"(edge = "response", inject = { status = { code = 502 } })"});
  EXPECT_EQ(
      curl(proxy, "-w '%{http_code} %{num_connects};' /a --next -s -w '%{http_code} %{num_connects};' /big"),
      "502 Bad Gateway\n502 1;502 Bad Gateway\n502 0;exit 0");
  EXPECT_THAT(seen(), ElementsAre("GET /a 0", "GET /big 0"));
}

TEST_P(HttpFaults, LoseAnswerIsAReset) {
  Fronted proxy = fronted({R"(match = { method = "POST" }, inject = { lose_answer = {} })"});
  EXPECT_THAT(curl(proxy, "-d a=1 /pay"), "exit 56");
  EXPECT_THAT(seen(), ElementsAre("POST /pay 3")) << "it was served";
  EXPECT_EQ(curl(proxy, "/again"), R"({"ok":true}exit 0)");
}

TEST_P(HttpFaults, HangBeforeTheHeadAndInTheBody) {
  Fronted head = fronted({"inject = { hang_answer = {} }"});
  EXPECT_EQ(curl(head, "--max-time 0.3 /a"), "exit 28");
  Fronted body = fronted({R"(inject = { hang_answer = { at = "body" } })"});
  EXPECT_THAT(curl(body, "--max-time 0.3 -i /a"),
              testing::AllOf(StartsWith("HTTP/1.1 200"), testing::EndsWith("exit 28")));
  Fronted ends = fronted({R"(inject = { hang_answer = { at = "body", for = "100ms" } })"});
  EXPECT_EQ(curl(ends, "/a"), R"({"ok":true}exit 0)") << "nothing of it is lost";
  EXPECT_EQ(seen().size(), 3U);
}

TEST_P(HttpFaults, TruncateEndsTheBodyEarly) {
  Fronted proxy = fronted({R"(inject = { truncate = { bytes = "4B" } })"});
  EXPECT_EQ(curl(proxy, "/a"), R"({"okexit 18)");
}

TEST_P(HttpFaults, MalformBreaksWhatItSays) {
  Fronted json = fronted({R"(inject = { malform = { what = "json" } })"});
  EXPECT_EQ(curl(json, "/a"), R"(<"ok":true}exit 0)");
  Fronted type = fronted({R"(inject = { malform = { what = "content_type" } })"});
  EXPECT_EQ(curl(type, "-w ';%{content_type};' /a"), R"({"ok":true};text/plain;exit 0)");
  Fronted chunk = fronted({R"(inject = { malform = { what = "chunk_size" } })"});
  EXPECT_EQ(curl(chunk, "/a"), "exit 56");
  Fronted line = fronted({R"(inject = { malform = { what = "status_line" } })"});
  EXPECT_THAT(curl(line, "/a"), Not(HasSubstr("exit 0")));
}

TEST_P(HttpFaults, DuplicateReachesTheUpstreamTwiceAndIsAnsweredOnce) {
  Fronted proxy = fronted({R"(match = { method = "POST" }, inject = { duplicate = {} })"});
  EXPECT_EQ(curl(proxy, "-d a=1 /pay --next -s /after"), R"({"ok":true}{"ok":true}exit 0)");
  EXPECT_THAT(seen(), ElementsAre("POST /pay 3", "POST /pay 3", "GET /after 0"));
}

TEST_P(HttpFaults, DuplicateSaysThatARequestIsTooLongForIt) {
  Fronted proxy = fronted({R"(match = { method = "POST" }, inject = { duplicate = {} })"});
  EXPECT_EQ(curl(proxy, "-H Expect: -d " + std::string(70'000, 'a') + " /pay"), R"({"ok":true}exit 0)");
  EXPECT_THAT(seen(), ElementsAre("POST /pay 70000")) << "it went on as it was";
  EXPECT_THAT(proxy.acted(), ElementsAre("too long: duplicate POST /pay #1"));
}

TEST_P(HttpFaults, SlowBodyComesAtItsRate) {
  Fronted proxy = fronted({R"(inject = { slow_body = { rate = "400KB/s" } })"});
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(curl(proxy, "-o/dev/null /big"), "exit 0");
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(200));
}

TEST_P(HttpFaults, MatchesByHeaderByPathAndByBody) {
  Fronted proxy = fronted(
      {R"(match = { header = { "idempotency-key" = "k*" } }, inject = { status = { code = 409 } })",
       R"(match = { body = { "/amount" = "100", "/to/name" = "a*" } }, inject = { status = { code = 402 } })",
       R"(match = { path = "/v1/charges/ch_7" }, inject = { status = { code = 404 } })"});
  const auto status = [&](const std::string& what) {
    return curl(proxy, "-o/dev/null -w '%{http_code} ' " + what);
  };
  EXPECT_EQ(status("-H 'Idempotency-Key: k1' /a"), "409 exit 0");
  EXPECT_EQ(status(R"(-d '{"amount":100,"to":{"name":"ann"}}' /pay)"), "402 exit 0");
  EXPECT_EQ(status(R"(-H 'Transfer-Encoding: chunked' -d '{"amount":100,"to":{"name":"ann"}}' /pay)"),
            "402 exit 0");
  EXPECT_EQ(status(R"(-d '{"amount":100,"to":{"name":"bob"}}' /pay)"), "200 exit 0");
  EXPECT_EQ(status("-d nonsense /pay"), "200 exit 0");
  EXPECT_EQ(status("/v1/charges/ch_7"), "404 exit 0");
  EXPECT_EQ(status("/v1/charges/ch_8"), "200 exit 0");
}

TEST_P(HttpFaults, CountsWithinACauseByItsTraceAndDrawsTheSameForTheSameFaultPoint) {
  Fronted proxy = fronted({R"(when = { first = 2, of = "cause" }, inject = { status = { code = 503 } })"});
  const auto status = [&](const std::string& trace) {
    return curl(proxy,
                "-o/dev/null -w '%{http_code}' -H 'traceparent: 00-" + trace + "-00000000000000aa-01' /a");
  };
  const std::string one(32, '1'), two(32, '2');
  EXPECT_EQ(status(one), "503exit 0");
  EXPECT_EQ(status(two), "503exit 0");
  EXPECT_EQ(status(one), "503exit 0");
  EXPECT_EQ(status(one), "200exit 0") << "the third try of this request";
  EXPECT_EQ(status(two), "503exit 0");
  EXPECT_EQ(status(two), "200exit 0");
}

}  // namespace
}  // namespace faultline::stream
