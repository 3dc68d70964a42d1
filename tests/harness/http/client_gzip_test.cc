// The client asks for compressed answers, and decompresses them.

#include <gtest/gtest.h>

#include "asking_client.h"
#include "gzip.h"
#include "raw_peer.h"

namespace faultline::http {
namespace {

std::string answer(const std::string& encoding, const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// What one request gets, and what the server saw of it.
struct Asked {
  Exchange exchange;
  std::string seen;
};

Asked ask(const std::string& bytes, ClientOptions options, Request request = {}) {
  Asked asked;
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    asked.seen = connection.read_until("\r\n\r\n");
    connection.write(bytes);
    connection.read_all();
  });
  AskingClient client(std::move(options));
  asked.exchange = client.get(server.port(), std::move(request));
  return asked;
}

TEST(ClientGzip, DecompressesWhatItAskedFor) {
  const std::string text(100'000, 'a');
  for (const auto& [encoding, how] : {std::pair{"gzip", Packed::gzip},
                                      {"x-gzip", Packed::gzip},
                                      {"deflate", Packed::zlib},
                                      {"deflate", Packed::raw}}) {
    const std::string bytes = answer(encoding, packed(text, how));
    const Asked asked = ask(bytes, {.gzip = true});
    ASSERT_TRUE(asked.exchange.answered()) << to_text(asked.exchange.failure);
    EXPECT_EQ(asked.exchange.response.body, text) << encoding;
    EXPECT_EQ(asked.exchange.bytes_received, bytes.size()) << "what went over the wire";
    EXPECT_NE(asked.seen.find("Accept-Encoding: gzip\r\n"), std::string::npos) << asked.seen;
  }
}

TEST(ClientGzip, LeavesAnswersAloneUnlessToldToAsk) {
  const std::string body = packed("text");
  const Asked asked = ask(answer("gzip", body), {});
  EXPECT_EQ(asked.exchange.response.body, body);
  EXPECT_EQ(asked.seen.find("Accept-Encoding"), std::string::npos) << asked.seen;
}

TEST(ClientGzip, LeavesOtherEncodingsAndEmptyBodiesAlone) {
  EXPECT_EQ(ask(answer("br", "text"), {.gzip = true}).exchange.response.body, "text");
  EXPECT_TRUE(ask(answer("gzip", ""), {.gzip = true}).exchange.answered());
  EXPECT_TRUE(ask("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n", {.gzip = true},
                  {.method = "HEAD"})
                  .exchange.answered());
}

TEST(ClientGzip, ABrokenBodyIsMalformed) {
  EXPECT_EQ(ask(answer("gzip", "not gzip"), {.gzip = true}).exchange.failure, Failure::malformed);
  const std::string cut = packed("some text").substr(0, 15);
  EXPECT_EQ(ask(answer("gzip", cut), {.gzip = true}).exchange.failure, Failure::malformed);
}

TEST(ClientGzip, ABodyThatIsTooLargeOnceDecompressedIsMalformed) {
  const std::string bomb = packed(std::string(8'000'000, '0'));
  ASSERT_LT(bomb.size(), 100'000U);
  EXPECT_EQ(ask(answer("gzip", bomb), {.body_bytes = 100'000, .gzip = true}).exchange.failure,
            Failure::malformed);
  EXPECT_TRUE(ask(answer("gzip", bomb), {.body_bytes = 8'000'000, .gzip = true}).exchange.answered());
}

}  // namespace
}  // namespace faultline::http
