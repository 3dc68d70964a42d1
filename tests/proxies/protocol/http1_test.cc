#include <gmock/gmock.h>

#include "dissected.h"
#include "protocol/http1/conversation.h"

namespace faultline::protocol::http1 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::unique_ptr<Protocol> make() {
  return std::make_unique<Http1>();
}

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}
std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(Http1, NamesARequestByItsMethodAndRoute) {
  const Dissected found = dissect_in_every_way(
      make, {client(get("/v1/charges/ch_1?expand[]=customer") + get("http://stripe.test/v1/balance#x") +
                    get("/") + "OPTIONS * HTTP/1.1\r\n\r\n")});
  EXPECT_THAT(found.calls(), ElementsAre("GET /v1/charges/*", "GET /v1/balance", "GET /", "OPTIONS"));
}

TEST(Http1, PairsPipelinedRequestsWithTheirResponses) {
  const Dissected found = dissect_in_every_way(
      make,
      {client(get("/a") + get("/b") + get("/c")), server(ok("one") + ok("") + ok(std::string(3'000, 'x')))});
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3));
  EXPECT_EQ(found.messages[5].size, ok(std::string(3'000, 'x')).size());
}

TEST(Http1, FindsTheEndOfAChunkedBody) {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, "
      "Chunked\r\n\r\n4;name=\"v\"\r\nWiki\r\nA\r\n0123456789\r\n0\r\n"
      "Trailer: yes\r\nOther: x\r\n\r\n";
  const Dissected found =
      dissect_in_every_way(make, {client(get("/a") + get("/b")), server(chunked + ok("x"))});
  EXPECT_EQ(found.messages[2].size, chunked.size());
  EXPECT_THAT(found.answered(), ElementsAre(1, 2));
  const std::string upload = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  EXPECT_THAT(dissect_in_every_way(make, {client(upload + get("/b"))}).calls(),
              ElementsAre("POST /a", "GET /b"));
}

TEST(Http1, KnowsWhichResponsesHaveNoBody) {
  const std::string head = "HEAD /a HTTP/1.1\r\n\r\n";
  const Dissected found = dissect_in_every_way(
      make, {client(head + get("/b") + get("/c") + get("/d")),
             server("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
                    "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n" +
                    ok("x"))});
  EXPECT_THAT(found.unframed, IsEmpty());
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3, 4));
}

TEST(Http1, WaitsBehindAnInterimResponse) {
  const Dissected found = dissect_in_every_way(
      make, {client("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
             server("HTTP/1.1 100 Continue\r\n\r\n"), client("abc" + get("/b")),
             server("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("1") + ok("2"))});
  EXPECT_THAT(found.answered(), ElementsAre(1, 2));
  EXPECT_THAT(found.calls(), ElementsAre("POST /a", "GET /b"));
}

TEST(Http1, TakesABodyWithoutALengthToTheEnd) {
  const Dissected found = dissect_in_every_way(
      make, {client(get("/a")), server("HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 200 this is body too\r\n\r\n")});
  EXPECT_EQ(found.messages.size(), 2U);
}

TEST(Http1, HandsAnUpgradeAndAConnectThrough) {
  const Dissected upgrade = dissect_in_every_way(
      make, {client("GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
             server("HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello")});
  EXPECT_EQ(upgrade.unframed, "an upgrade of HTTP/1");
  EXPECT_TRUE(upgrade.handed_through);
  const Dissected connect =
      dissect_in_every_way(make, {client("CONNECT example.test:443 HTTP/1.1\r\n\r\n"),
                                  server("HTTP/1.1 200 OK\r\n\r\n"), client("\x16\x03\x01")});
  EXPECT_EQ(connect.unframed, "a CONNECT of HTTP/1");
  EXPECT_THAT(connect.calls(), ElementsAre("CONNECT"));
  const Dissected refused = dissect_in_every_way(
      make, {client("CONNECT example.test:443 HTTP/1.1\r\n\r\n"),
             server("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"), client(get("/a")), server(ok("x"))});
  EXPECT_THAT(refused.unframed, IsEmpty()) << "a CONNECT that was refused leaves HTTP as it was";
}

TEST(Http1, ToleratesWhatServersTolerate) {
  const Dissected found =
      dissect_in_every_way(make, {client("\r\nGET /a HTTP/1.1\nHost: x\n\n"
                                         "POST /b HTTP/1.1\r\ncontent-length:3, 3\r\n\r\nabc"),
                                  server(ok("1") + "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")});
  EXPECT_THAT(found.unframed, IsEmpty());
  EXPECT_THAT(found.calls(), ElementsAre("GET /a", "POST /b"));
  EXPECT_THAT(found.answered(), ElementsAre(1, 2));
}

TEST(Http1, DoesNotWaitForWhatCannotBecomeARequest) {
  EXPECT_EQ(dissect_in_every_way(make, {client(std::string("\0\0\0\x08\x04", 5))}).unframed,
            "not an HTTP/1 request");
  EXPECT_EQ(dissect_in_every_way(make, {client("*1\r\n$4\r\nPING\r\n")}).unframed, "not an HTTP/1 request");
  EXPECT_EQ(dissect_in_every_way(make, {client("GET /\r\n")}).unframed, "not an HTTP/1 request")
      << "HTTP/0.9";
  EXPECT_EQ(dissect_in_every_way(make, {client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}).unframed, "HTTP/2");
  EXPECT_EQ(dissect_in_every_way(make, {server("SSH-2.0-OpenSSH\r\n")}).unframed, "not an HTTP/1 response");
  EXPECT_EQ(dissect_in_every_way(make, {server("HTTP/1.1 x00 no\r\n")}).unframed, "not an HTTP/1 response");
}

TEST(Http1, DoesNotGuessWhereABodyEnds) {
  EXPECT_EQ(dissect_in_every_way(
                make, {client("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n")})
                .unframed,
            "a Content-Length that is no number");
  EXPECT_EQ(dissect_in_every_way(make, {client("POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n")}).unframed,
            "a Content-Length that is no number");
  EXPECT_EQ(
      dissect_in_every_way(make, {client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")})
          .unframed,
      "not a chunk of an HTTP/1 body");
  EXPECT_EQ(dissect_in_every_way(
                make, {client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n")})
                .unframed,
            "not a chunk of an HTTP/1 body");
}

TEST(Http1, LimitsAHead) {
  Http1 http;
  EXPECT_EQ(dissect(http, {client("GET / HTTP/1.1\r\nCookie: " + std::string(70'000, 'x'))}, 1'000).unframed,
            "a head that is longer than is followed");
  EXPECT_EQ(dissect(http, {client("GET /" + std::string(70'000, 'x'))}, 1'000).unframed,
            "a request line that is longer than is followed");
}

}  // namespace
}  // namespace faultline::protocol::http1
