#include "load/redirect.h"

#include <gmock/gmock.h>

#include <string>

#include "driven.h"
#include "reading.h"

namespace faultline::load {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const http::Origin kShop = {"shop.example", "80", false};

std::string led_to(std::string_view reference, std::string_view from = "/a/b/c?d=1") {
  return resolve(reference, kShop, from).value_or("(elsewhere)");
}

// RFC 3986, 5.4.1 and 5.4.2, with this base.
TEST(Redirect, LeadsWhereItsReferenceDoes) {
  EXPECT_EQ(led_to("g"), "/a/b/g");
  EXPECT_EQ(led_to("./g/"), "/a/b/g/");
  EXPECT_EQ(led_to("/g"), "/g");
  EXPECT_EQ(led_to("?y"), "/a/b/c?y");
  EXPECT_EQ(led_to("g?y/../x"), "/a/b/g?y/../x");
  EXPECT_EQ(led_to(""), "/a/b/c?d=1");
  EXPECT_EQ(led_to("#s"), "/a/b/c?d=1");
  EXPECT_EQ(led_to("?y", "/a#b"), "/a?y");
  EXPECT_EQ(led_to("."), "/a/b/");
  EXPECT_EQ(led_to(".."), "/a/");
  EXPECT_EQ(led_to("../g"), "/a/g");
  EXPECT_EQ(led_to("../../../g"), "/g");
  EXPECT_EQ(led_to("/./g/../h#s"), "/h");
  EXPECT_EQ(led_to("/a//b"), "/a//b");
  EXPECT_EQ(led_to("g;x=1/./y"), "/a/b/g;x=1/y");
  EXPECT_EQ(led_to("..g"), "/a/b/..g");
}

TEST(Redirect, StaysWithTheService) {
  EXPECT_EQ(led_to("http://shop.example/x?y#z"), "/x?y");
  EXPECT_EQ(led_to("HTTP://Shop.Example:80"), "/");
  EXPECT_EQ(led_to("//shop.example/x"), "/x");
  for (const char* elsewhere :
       {"https://shop.example/x", "https://shop.example:80/x", "http://shop.example:8080/x",
        "http://pay.example/x", "//pay.example/", "http://shop.example.evil/", "http://me@shop.example/",
        "mailto:a@b", "javascript:x", "http:x"}) {
    EXPECT_EQ(led_to(elsewhere), "(elsewhere)") << elsewhere;
  }
  EXPECT_EQ(led_to(std::string(9000, 'a')), "(elsewhere)");
}

TEST(Redirect, KeepsOutWhatWouldEndTheRequestLine) {
  EXPECT_EQ(led_to("/a b\r\nX: y"), "/a%20b%0D%0AX:%20y");
  EXPECT_EQ(led_to("/\xC3\xBC%20"), "/%C3%BC%20");
}

struct Rewriting {
  int status;
  const char* method;
  const char* becomes;  // with the body where it stays
};
class RedirectOf : public ::testing::TestWithParam<Rewriting> {};

TEST_P(RedirectOf, AMethodIsAsTheStatusSays) {
  const http::Request made{
      GetParam().method, "/from", {{"Content-Type", "text/plain"}, {"X-Key", "k"}}, "body"};
  const auto next = redirected(made, {GetParam().status, {{"Location", "/to"}}, ""}, kShop);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->method + " " + next->body, GetParam().becomes);
  EXPECT_EQ(next->target, "/to");
  EXPECT_EQ(next->headers.has("Content-Type"), !next->body.empty());
  EXPECT_EQ(next->headers.find("X-Key"), "k");
}

INSTANTIATE_TEST_SUITE_P(All, RedirectOf,
                         ::testing::Values(Rewriting{301, "POST", "GET "}, Rewriting{302, "POST", "GET "},
                                           Rewriting{303, "POST", "GET "},
                                           Rewriting{307, "POST", "POST body"},
                                           Rewriting{308, "POST", "POST body"},
                                           Rewriting{301, "PUT", "PUT body"}, Rewriting{303, "PUT", "GET "},
                                           Rewriting{303, "HEAD", "HEAD body"}));

TEST(Redirect, IsOnlyWhatSaysSo) {
  const http::Request made;
  EXPECT_FALSE(redirected(made, {200, {{"Location", "/to"}}, ""}, kShop));
  EXPECT_FALSE(redirected(made, {304, {{"Location", "/to"}}, ""}, kShop));
  EXPECT_FALSE(redirected(made, {300, {{"Location", "/to"}}, ""}, kShop));
  EXPECT_FALSE(redirected(made, {302, {}, ""}, kShop));
}

Reply redirect(int status, std::string location, http::Headers more = {}) {
  Reply reply = answer(status);
  reply.headers = std::move(more);
  reply.headers.add("Location", std::move(location));
  return reply;
}

constexpr const char* kLogin = R"(
[[journey.step]]
request = "POST /login"
name    = "login"
form    = { user = "ann" }
capture = { id = "/id" }
check   = [{ name = "within both", within = "10ms" }, { name = "within one", within = "9ms" }]
measure = [{ trend = "login_time" }, { rate = "logged_in" }]
[[journey.step]]
request = "GET /of/${id}"
)";

Reply log_in(const http::Request& request) {
  return request.target == "/login" ? redirect(302, "/home", {{"Set-Cookie", "session=s; Path=/"}})
                                    : answer(200, R"({"id":"7"})");
}

TEST(DriverOfRedirects, FollowsThemAndTakesTheLastAnswer) {
  Driven run(kLogin, log_in);
  run.run_to(1s);
  EXPECT_THAT(run.sent_lines(), ElementsAre("POST /login", "GET /home", "GET /of/7"));
  EXPECT_EQ(run.sender.sent[1].request.headers.find("Cookie"), "session=s") << "of the redirect";
  EXPECT_FALSE(run.sender.sent[1].request.headers.has("Content-Type"));
  EXPECT_TRUE(run.sender.sent[1].request.headers.has("traceparent"));
  ASSERT_EQ(run.record.requests.size(), 3U) << "each counts";
  EXPECT_EQ(run.record.requests[0].route, "login");
  EXPECT_EQ(run.record.requests[1].route, "login");
  EXPECT_EQ(run.record.requests[0].status, 302);
  EXPECT_TRUE(run.record.requests[0].expected);
  EXPECT_EQ(run.record.requests[1].due, 5ms);
  EXPECT_EQ(run.record.requests[1].latency, 5ms);
  EXPECT_THAT(run.record.checks, ElementsAre(Pair("within both", true), Pair("within one", false)))
      << "from when the step was due, and once";
  EXPECT_THAT(run.record.measures, ElementsAre(Pair("login_time", 10), Pair("logged_in", 0)));
  EXPECT_TRUE(run.record.ends.at(0).complete);
  EXPECT_EQ(run.record.ends.at(0).outcome, Outcome::acked);
}

TEST(DriverOfRedirects, JudgesTheLastStatus) {
  Driven run(kLogin, [](const http::Request& request) {
    return request.target == "/login" ? redirect(302, "/home") : answer(500);
  });
  run.run_to(1s);
  EXPECT_FALSE(run.record.requests.at(1).expected);
  EXPECT_EQ(run.record.ends.at(0).outcome, Outcome::unknown);
  EXPECT_EQ(run.record.ends.at(0).stopped_at, "login");
}

TEST(DriverOfRedirects, GivesUpBeyondAsManyAsItMayFollow) {
  Driven run("[[journey.step]]\nrequest = 'GET /0'\nredirects = 2\n", [](const http::Request& request) {
    return redirect(307, "/" + std::to_string(std::stoi(request.target.substr(1)) + 1));
  });
  run.run_to(1s);
  EXPECT_THAT(run.sent_lines(), ElementsAre("GET /0", "GET /1", "GET /2"));
  EXPECT_EQ(run.record.requests.back().failure, http::Failure::redirects);
  EXPECT_FALSE(run.record.requests.back().status);
  EXPECT_FALSE(run.record.requests.back().expected);
  EXPECT_FALSE(run.record.ends.at(0).complete);
}

TEST(DriverOfRedirects, FollowsTenUnlessToldOtherwise) {
  Driven run(kOneRequest, [](const auto&) { return redirect(302, "/"); });
  run.run_to(1s);
  EXPECT_EQ(run.sender.sent.size(), 11U);
}

TEST(DriverOfRedirects, TakesOneThatLeadsElsewhereForAnAnswer) {
  Driven run(kOneRequest, [](const auto&) { return redirect(302, "http://pay.example/"); });
  run.run_to(1s);
  EXPECT_EQ(run.sender.sent.size(), 1U);
  EXPECT_EQ(run.record.requests.at(0).status, 302);
  EXPECT_FALSE(run.record.requests.at(0).expected);
}

TEST(DriverOfRedirects, LooksAtARedirectThatAStepExpects) {
  Driven run(
      "[[journey.step]]\nrequest = 'GET /'\nexpect = [302]\ncapture = { to = { header = 'Location' } }\n",
      [](const auto&) { return redirect(302, "/next"); });
  run.run_to(1s);
  EXPECT_EQ(run.sender.sent.size(), 1U);
  EXPECT_THAT(run.record.ends.at(0).captures, ElementsAre(Pair("to", "/next")));
}

TEST(DriverOfRedirects, FollowsAsManyForEachAttempt) {
  Driven run(
      "[[journey.step]]\nrequest = 'GET /a'\nredirects = 1\n"
      "repeat = { until = { pointer = '/state', in = ['done'] }, every = '100ms', at_most = 3 }\n",
      [](const http::Request& request) {
        return request.target == "/a" ? redirect(302, "/b") : answer(200, "{}");
      });
  run.run_to(1s);
  EXPECT_THAT(run.sent_lines(), ElementsAre("GET /a", "GET /b", "GET /a", "GET /b", "GET /a", "GET /b"));
  EXPECT_EQ(run.record.requests.back().attempt, 3U);
}

TEST(Flow, SaysHowManyRedirectsAreFollowed) {
  const auto redirects = [](const std::string& flow, const std::string& step) {
    return std::get<RequestStep>(flow_of("[flow]\nname='f'\n" + flow +
                                         "[[journey]]\nname='j'\n[[journey.step]]\nrequest='GET /'\n" + step)
                                     .journeys.at(0)
                                     .steps.at(0))
        .redirects;
  };
  EXPECT_EQ(redirects("", ""), 10U);
  EXPECT_EQ(redirects("redirects=3\n", ""), 3U);
  EXPECT_EQ(redirects("redirects=3\n", "redirects=0\n"), 0U);
  EXPECT_EQ(redirects("redirects=3\n", "expect=[302]\n"), 0U);
  EXPECT_EQ(redirects("", "expect=[200,304]\nredirects=1\n"), 1U);
  EXPECT_THAT(mistakes_in("[flow]\nname='f'\nredirects=101\n[[journey]]\nname='j'\n[[journey.step]]\n"
                          "request='GET /'\nredirects=-1\n"),
              ElementsAre("3:11 'redirects' must be 0 to 100", "8:11 'redirects' must be 0 to 100"));
}

}  // namespace
}  // namespace faultline::load
