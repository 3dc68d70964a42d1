// What an exchange says of its time, its bytes and its connection; and the shapes of answers that only a socket makes.

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "asking_client.h"
#include "raw_peer.h"

namespace faultline::http {
namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(ClientTimings, SayWhereTheTimeWent) {
  std::string first_seen;
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    first_seen = connection.read_until("\r\n\r\n");
    connection.write(kOk);
    connection.read_until("\r\n\r\n");
    connection.write(kOk);
  });
  AskingClient client;
  const Exchange first = client.get(server.port());
  ASSERT_TRUE(first.answered()) << to_text(first.failure);
  const Timings& timings = first.timings;
  EXPECT_EQ(timings.blocked, Duration{});
  EXPECT_GT(timings.connecting, Duration{});
  EXPECT_EQ(timings.handshaking, Duration{});
  EXPECT_GT(timings.sending, Duration{});
  EXPECT_GT(timings.waiting, Duration{});
  EXPECT_GT(timings.receiving, Duration{});
  EXPECT_EQ(timings.sending + timings.waiting + timings.receiving, first.finished - first.sent);
  EXPECT_FALSE(first.reused);
  EXPECT_EQ(first.bytes_sent, first_seen.size());
  EXPECT_EQ(first.bytes_received, kOk.size());

  const Exchange second = client.get(server.port());
  EXPECT_TRUE(second.reused);
  EXPECT_EQ(second.timings.connecting, Duration{}) << "there was a connection";
}

TEST(ClientTimings, OfARequestThatWasSentTwiceAreOfTheSecondTime) {
  RawServer server([](RawListener& listener) {
    {
      auto first = listener.accept();
      first.read_until("\r\n\r\n");
      first.write(kOk);
      first.read_until("\r\n\r\n");
    }
    auto second = listener.accept();
    second.read_until("\r\n\r\n");
    second.write(kOk);
  });
  AskingClient client;
  const Exchange once = client.get(server.port());
  const Exchange twice = client.get(server.port());
  ASSERT_TRUE(twice.answered()) << to_text(twice.failure);
  EXPECT_FALSE(twice.reused);
  EXPECT_GT(twice.timings.connecting, Duration{});
  EXPECT_EQ(twice.bytes_sent, 2 * once.bytes_sent);
  EXPECT_LT(twice.timings.sending + twice.timings.waiting + twice.timings.receiving,
            twice.finished - twice.sent);
}

TEST(ClientTimings, OfASecondSendingThatFindsNobodySayNothingOfTheFirst) {
  auto listener = std::make_unique<RawListener>();
  const std::string port = std::to_string(listener->port());
  std::thread script([&] {
    auto first = listener->accept();
    listener.reset();
    first.read_until("\r\n\r\n");
    first.write(kOk);
    first.read_until("\r\n\r\n");
  });
  AskingClient client;
  EXPECT_TRUE(client.get(port).answered());
  const Exchange exchange = client.get(port);
  script.join();
  EXPECT_EQ(exchange.failure, Failure::reset);
  EXPECT_NE(exchange.sent, Instant{});
  EXPECT_EQ(exchange.timings.sending, Duration{});
}

TEST(ClientTimings, OfARefusalAreNone) {
  std::string port;
  {
    RawListener gone;
    port = std::to_string(gone.port());
  }
  AskingClient client;
  const Exchange exchange = client.get(port);
  EXPECT_EQ(exchange.failure, Failure::refused);
  EXPECT_EQ(exchange.timings.sending, Duration{});
  EXPECT_EQ(exchange.timings.waiting, Duration{});
  EXPECT_EQ(exchange.bytes_sent, 0U);
}

TEST(ClientAnswers, ComeWholeByteByByte) {
  const std::string_view answer =
      "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\nok\r\n0\r\nB: c\r\n\r\n";
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    for (int i = 0; i < 2; ++i) {
      connection.read_until("\r\n\r\n");
      for (const char& byte : answer) {
        connection.write({&byte, 1});
      }
    }
  });
  AskingClient client;
  for (int i = 0; i < 2; ++i) {
    const Exchange exchange = client.get(server.port());
    ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure);
    EXPECT_EQ(exchange.response.body, "ok");
    EXPECT_EQ(exchange.bytes_received, answer.size());
  }
}

TEST(ClientAnswers, WithBytesBehindThemEndTheirConnection) {
  RawServer server([](RawListener& listener) {
    for (int i = 0; i < 2; ++i) {
      auto connection = listener.accept();
      connection.read_until("\r\n\r\n");
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokgarbage");
    }
  });
  AskingClient client;
  for (int i = 0; i < 2; ++i) {
    const Exchange exchange = client.get(server.port(), {.method = "POST"});
    ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure);
    EXPECT_EQ(exchange.response.body, "ok");
    EXPECT_FALSE(exchange.reused);
  }
}

TEST(ClientAnswers, ThatComeUnaskedEndTheirConnection) {
  std::promise<void> answered;
  AskingClient client;  // to be there until the script has ended
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write(kOk);
    answered.get_future().wait();
    connection.write("H");
    EXPECT_TRUE(connection.at_end()) << "the client closes it, without having been asked for anything";
  });
  EXPECT_TRUE(client.get(server.port()).answered());
  answered.set_value();
}

TEST(ClientAnswers, AndRequestsMayBeLarge) {
  const std::string large(8'000'000, 'x');
  std::size_t seen = 0;
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    seen = connection.read_until_size(large.size()).size();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large.size()) + "\r\n\r\n" +
                     large);
  });
  AskingClient client;
  Request request{.method = "POST"};
  request.body = large;
  const Exchange exchange = client.get(server.port(), request);
  ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure);
  EXPECT_TRUE(exchange.response.body == large) << exchange.response.body.size();
  EXPECT_GE(seen, large.size());
  EXPECT_GT(exchange.bytes_sent, large.size());
}

}  // namespace
}  // namespace faultline::http
