#include "http/message.h"

#include <gtest/gtest.h>

namespace faultline::http {
namespace {

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers{{"Content-Type", "a"}, {"X-Two", "1"}, {"x-two", "2"}};
  EXPECT_EQ(headers.find("content-TYPE"), "a");
  EXPECT_EQ(headers.find("X-TWO"), "1") << "the first of two";
  headers.set("x-Two", "3");
  EXPECT_EQ(headers.size(), 2U) << "both were replaced";
  EXPECT_EQ(headers.find("X-Two"), "3");
  EXPECT_FALSE(headers.has("X-Three"));
}

TEST(Target, IsAPathAndAQuery) {
  EXPECT_EQ(path_of("/a/b?c=d?e"), "/a/b");
  EXPECT_EQ(path_of("/a"), "/a");
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(query_of("/a"), Parameters{});
  EXPECT_EQ(query_of("/a?created%5Bgt%5D=1&x=a+b%2B&&flag&y=1=2"),
            (Parameters{{"created[gt]", "1"}, {"x", "a b+"}, {"flag", ""}, {"y", "1=2"}}));
}

TEST(PercentEncoding, KeepsWhatItCannotDecodeAndGivesBackWhatItEncoded) {
  EXPECT_EQ(percent_decoded("%41%zz%4"), "A%zz%4");
  EXPECT_EQ(percent_encoded("a b/\xC3\xA9~"), "a%20b%2F%C3%A9~");
  EXPECT_EQ(percent_decoded(percent_encoded("100% & more")), "100% & more");
}

TEST(Url, IsReadIntoItsParts) {
  const auto url = parse_url("http://127.0.0.1:8080/a?b=c");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, "8080");
  EXPECT_EQ(url->target, "/a?b=c");
  EXPECT_EQ(parse_url("http://example")->port, "80");
  EXPECT_EQ(parse_url("http://example")->target, "/");
  EXPECT_EQ(parse_url("http://example?a")->target, "/?a");
  EXPECT_EQ(parse_url("http://[::1]:81/")->host, "::1");
  EXPECT_EQ(parse_url("http://[::1]/")->port, "80");
  EXPECT_FALSE(url->tls);
}

TEST(Url, OfHttpsSaysSoAndHasItsOwnPort) {
  const auto url = parse_url("https://example/a");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->port, "443");
  EXPECT_EQ(url->target, "/a");
  EXPECT_EQ(parse_url("https://example:8443")->port, "8443");
  EXPECT_TRUE(url->origin().tls);
}

TEST(Url, HasASchemeInAnyCaseAndNoFragment) {
  EXPECT_EQ(parse_url("HTTP://example/A")->target, "/A");
  EXPECT_FALSE(parse_url("Http://example")->tls);
  EXPECT_TRUE(parse_url("HTTPS://example")->tls);
  EXPECT_EQ(parse_url("http://example/a?b#c/d?e")->target, "/a?b");
  EXPECT_EQ(parse_url("http://example/#a")->target, "/");
  EXPECT_EQ(parse_url("http://example#a/b")->target, "/");
  EXPECT_EQ(parse_url("http://example#a/b")->host, "example");
}

TEST(Url, IsRefusedWhenItIsNotOne) {
  for (const char* text : {"", "ftp://a/", "http://", "https://", "http://:80/", "http://a:/", "http://a:x/",
                           "http://a:65536/", "http://user@a/", "a:80", "http://#a", "http"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

}  // namespace
}  // namespace faultline::http
