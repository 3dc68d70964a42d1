#include "http/serialise.h"

#include <gtest/gtest.h>

namespace faultline::http {
namespace {

std::string text_of(const Request& request, const std::string& accept_encoding = {}) {
  std::string out;
  append_request(out, request, "host:1", accept_encoding);
  return out;
}

TEST(Serialise, AddsHostFirstAndTheLengthOfTheBodyLast) {
  EXPECT_EQ(text_of({"POST", "/a?b", {{"X-A", "1"}}, "body"}),
            "POST /a?b HTTP/1.1\r\nHost: host:1\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_EQ(text_of({}), "GET / HTTP/1.1\r\nHost: host:1\r\n\r\n");
}

TEST(Serialise, SaysThatABodyIsEmptyWhereOneWouldBeExpected) {
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    EXPECT_NE(text_of({.method = method}).find("Content-Length: 0\r\n"), std::string::npos) << method;
  }
  EXPECT_EQ(text_of({.method = "DELETE"}).find("Content-Length"), std::string::npos);
}

TEST(Serialise, TakesTheCallersHostAndCountsTheBodyItself) {
  EXPECT_EQ(
      text_of({"PUT", "/", {{"content-length", "9"}, {"Transfer-Encoding", "chunked"}, {"host", "b"}}, "ab"}),
      "PUT / HTTP/1.1\r\nHost: b\r\nContent-Length: 2\r\n\r\nab");
}

TEST(Serialise, AsksForCompressionUnlessTheCallerSaysWhat) {
  EXPECT_EQ(text_of({}, "gzip"), "GET / HTTP/1.1\r\nHost: host:1\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(text_of({.headers = {{"accept-encoding", "br"}}}, "gzip"),
            "GET / HTTP/1.1\r\nHost: host:1\r\naccept-encoding: br\r\n\r\n");
}

std::string head_of(const Response& response, const Sending& sending = {}) {
  std::string out;
  append_head(out, response, sending);
  return out;
}

TEST(Serialise, SaysTheLengthOfAResponseItself) {
  EXPECT_EQ(head_of({404, {{"X-A", "1"}, {"content-length", "9"}, {"Transfer-Encoding", "chunked"}}, "body"}),
            "HTTP/1.1 404 Not Found\r\nX-A: 1\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(head_of({200}), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(head_of({204}), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(head_of({304}), "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(Serialise, SaysWhatBecomesOfTheConnectionWhereItIsNotTheUsual) {
  const Response named{204, {{"Connection", "close"}}};
  EXPECT_EQ(head_of(named), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(head_of({204}, {.keep_alive = false}), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(head_of({204}, {.minor_version = 0}),
            "HTTP/1.0 204 No Content\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(head_of({204}, {.minor_version = 0, .keep_alive = false}), "HTTP/1.0 204 No Content\r\n\r\n");
}

TEST(Serialise, NamesTheHostWithThePortUnlessItIsTheUsualOne) {
  EXPECT_EQ(host_field_of({"a", "80"}), "a");
  EXPECT_EQ(host_field_of({"a", "443"}), "a:443");
  EXPECT_EQ(host_field_of({"a", "443", true}), "a");
  EXPECT_EQ(host_field_of({"a", "80", true}), "a:80");
  EXPECT_EQ(host_field_of({"::1", "81"}), "[::1]:81");
}

}  // namespace
}  // namespace faultline::http
