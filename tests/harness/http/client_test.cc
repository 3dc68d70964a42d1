#include "http/client.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

#include "http/server.h"
#include "raw_peer.h"

namespace faultline::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class ClientTest : public ::testing::Test {
 protected:
  Exchange get(const std::string& port, Request request = {}, Duration limit = 10s) {
    if (!client_) {
      make({});
    }
    std::promise<Exchange> answered;
    bool returned = false, inside = false;
    loop_.run([&] {
      client_->send({"127.0.0.1", port}, std::move(request), limit, [&](Exchange exchange) {
        inside = !returned;
        answered.set_value(std::move(exchange));
      });
      returned = true;
    });
    Exchange exchange = answered.get_future().get();
    EXPECT_FALSE(inside) << "done is never called from inside send";
    return exchange;
  }

  void make(const ClientOptions& options) { client_ = std::make_unique<Client>(loop_, options); }

  Loop loop_{"client-test"};
  std::unique_ptr<Client> client_;
};

TEST_F(ClientTest, SendsTheRequestWithHostAndLength) {
  std::string seen;
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    seen = connection.read_until("body!");
    connection.write(kOk);
  });
  const Exchange exchange = get(server.port(), {"POST", "/a?b=c", {{"X-One", "1"}}, "body!"});
  ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure);
  EXPECT_EQ(exchange.response.status, 200);
  EXPECT_EQ(exchange.response.body, "ok");
  EXPECT_NE(exchange.sent, Instant{});
  EXPECT_GE(exchange.finished, exchange.sent);
  EXPECT_EQ(seen, "POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() +
                      "\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nbody!");
}

TEST_F(ClientTest, ReusesAConnectionThatIsKeptAlive) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    for (int i = 0; i < 3; ++i) {
      connection.read_until("\r\n\r\n");
      connection.write(kOk);
    }
  });
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(get(server.port()).answered()) << "request " << i << " has the one connection there is";
  }
}

TEST_F(ClientTest, DoesNotReuseAConnectionThatTheServerSaysItCloses) {
  RawServer server([](RawListener& listener) {
    for (int i = 0; i < 2; ++i) {
      auto connection = listener.accept();
      connection.read_until("\r\n\r\n");
      connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
  });
  EXPECT_TRUE(get(server.port()).answered());
  EXPECT_TRUE(get(server.port(), {.method = "POST"}).answered()) << "a POST goes to a new connection";
}

TEST_F(ClientTest, DoesNotUseAnIdleConnectionThatTheServerHasClosed) {
  std::promise<void> closed;
  RawServer server([&](RawListener& listener) {
    auto first = listener.accept();
    first.read_until("\r\n\r\n");
    first.write(kOk);
    first.close();
    closed.set_value();
    auto second = listener.accept();
    second.read_until("\r\n\r\n");
    second.write(kOk);
  });
  ASSERT_TRUE(get(server.port()).answered());
  closed.get_future().get();
  const Exchange exchange = get(server.port(), {.method = "POST"});
  EXPECT_TRUE(exchange.answered()) << to_text(exchange.failure) << ": a POST would not be sent twice";
}

// The server takes the second request on the kept connection and closes it without an answer.
void answer_then_drop(RawListener& listener, bool serve_again) {
  {
    auto first = listener.accept();
    first.read_until("\r\n\r\n");
    first.write(kOk);
    first.read_until("\r\n\r\n");
  }
  if (serve_again) {
    auto second = listener.accept();
    second.read_until("\r\n\r\n");
    second.write(kOk);
  }
}

TEST_F(ClientTest, SendsAnIdempotentRequestOnceMoreWhenAKeptConnectionCloses) {
  RawServer server([](RawListener& listener) { answer_then_drop(listener, true); });
  ASSERT_TRUE(get(server.port()).answered());
  const Exchange exchange = get(server.port());
  EXPECT_TRUE(exchange.answered()) << to_text(exchange.failure);
}

TEST_F(ClientTest, DoesNotSendAPostOnceMore) {
  RawServer server([](RawListener& listener) { answer_then_drop(listener, false); });
  ASSERT_TRUE(get(server.port()).answered());
  EXPECT_EQ(get(server.port(), {.method = "POST"}).failure, Failure::reset);
}

TEST_F(ClientTest, ASecondSendingThatIsRefusedIsAResetSinceTheFirstMayHaveBeenSeen) {
  std::string port;
  {
    auto listener = std::make_unique<RawListener>();
    port = std::to_string(listener->port());
    std::thread script([&] {
      auto first = listener->accept();
      listener.reset();
      first.read_until("\r\n\r\n");
      first.write(kOk);
      first.read_until("\r\n\r\n");
    });
    EXPECT_TRUE(get(port).answered());
    EXPECT_EQ(get(port).failure, Failure::reset);
    script.join();
  }
  EXPECT_EQ(get(port).failure, Failure::refused) << "a request that found nobody at all is refused";
}

TEST_F(ClientTest, GarbageOnAKeptConnectionIsMalformedAndNotSentAgain) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write(kOk);
    connection.read_until("\r\n\r\n");
    connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    connection.read_until("never");
  });
  ASSERT_TRUE(get(server.port()).answered());
  EXPECT_EQ(get(server.port()).failure, Failure::malformed);
}

TEST_F(ClientTest, NobodyListeningIsRefused) {
  std::string port;
  {
    RawListener gone;
    port = std::to_string(gone.port());
  }
  const Exchange exchange = get(port);
  EXPECT_EQ(exchange.failure, Failure::refused);
  EXPECT_EQ(exchange.sent, Instant{}) << "nothing was written";
  EXPECT_EQ(get("no-port").failure, Failure::refused);
}

TEST_F(ClientTest, AResetBeforeTheAnswerIsAReset) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.reset();
  });
  EXPECT_EQ(get(server.port()).failure, Failure::reset);
}

TEST_F(ClientTest, AnEndInTheMiddleOfTheAnswerIsAReset) {
  for (const std::string_view part : {"HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
    RawServer server([&](RawListener& listener) {
      auto connection = listener.accept();
      connection.read_until("\r\n\r\n");
      connection.write(part);
    });
    EXPECT_EQ(get(server.port()).failure, Failure::reset) << part;
  }
}

TEST_F(ClientTest, BytesThatAreNoAnswerAreMalformed) {
  for (const std::string_view garbage :
       {"garbage\r\n\r\n", "HTTP/1.1 two hundred\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"}) {
    RawServer server([&](RawListener& listener) {
      auto connection = listener.accept();
      connection.read_until("\r\n\r\n");
      connection.write(garbage);
      connection.read_all();
    });
    EXPECT_EQ(get(server.port()).failure, Failure::malformed) << garbage;
  }
}

TEST_F(ClientTest, AnAnswerLargerThanTheLimitIsMalformed) {
  make({.body_bytes = 4});
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345");
    connection.read_all();
  });
  EXPECT_EQ(get(server.port()).failure, Failure::malformed);
}

TEST_F(ClientTest, ASilentServerIsATimeout) {
  RawServer server([](RawListener& listener) { listener.accept().read_all(); });
  const Exchange exchange = get(server.port(), {}, 50ms);
  EXPECT_EQ(exchange.failure, Failure::timeout);
  EXPECT_NE(exchange.sent, Instant{});
}

TEST_F(ClientTest, AnAnswerThatStallsIsATimeout) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    connection.read_all();
  });
  EXPECT_EQ(get(server.port(), {}, 50ms).failure, Failure::timeout);
}

TEST_F(ClientTest, ReadsChunkedAnswersAndAnswersThatEndWithTheConnection) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n");
    connection.read_until("\r\n\r\n");
    connection.write("HTTP/1.1 200 OK\r\n\r\nto the end");
  });
  EXPECT_EQ(get(server.port()).response.body, "hello!");
  EXPECT_EQ(get(server.port()).response.body, "to the end");
}

TEST_F(ClientTest, AnswersWithoutABodyLeaveTheConnectionUsable) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    for (const std::string_view answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
          "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"}) {
      connection.read_until("\r\n\r\n");
      connection.write(answer);
    }
  });
  EXPECT_EQ(get(server.port(), {.method = "HEAD"}).response.status, 200);
  EXPECT_EQ(get(server.port()).response.status, 204);
  EXPECT_EQ(get(server.port()).response.status, 304);
}

TEST_F(ClientTest, SkipsInterimAnswers) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    connection.write(kOk);
  });
  EXPECT_EQ(get(server.port()).response.status, 200);
}

TEST_F(ClientTest, TakesTheRefusalOfABodyThatIsNotRead) {
  make({});
  const auto server = std::make_unique<Server>(
      loop_, "127.0.0.1", 0, [](const Request&, const Respond& respond) { respond({}); },
      ServerLimits{.body_bytes = 1000});
  const Exchange exchange =
      get(std::to_string(server->port()), {"POST", "/", {}, std::string(4'000'000, 'x')});
  ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure);
  EXPECT_EQ(exchange.response.status, 413);
}

TEST_F(ClientTest, MakesNoCallAfterItIsGone) {
  std::promise<void> accepted;
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    accepted.set_value();
    EXPECT_EQ(connection.read_all(), "") << "the client closes its connection";
  });
  make({});
  bool called = false;
  loop_.run([&] {
    client_->send({"127.0.0.1", server.port()}, {}, [&](const Exchange&) { called = true; });
  });
  accepted.get_future().get();
  client_.reset();
  loop_.run([] {});
  EXPECT_FALSE(called);
}

TEST_F(ClientTest, MayBeDestroyedByItsOwnCallback) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write(kOk);
  });
  make({});
  std::promise<void> gone;
  loop_.run([&] {
    client_->send({"127.0.0.1", server.port()}, {}, [&](const Exchange&) {
      client_.reset();
      gone.set_value();
    });
  });
  gone.get_future().get();
}

TEST(Fetch, TakesOneAnswerAndTellsTheServerThatItCloses) {
  std::string seen;
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    seen = connection.read_until("\r\n\r\n");
    connection.write(kOk);
  });
  const Exchange exchange = fetch({"localhost", server.port(), "/"}, {.target = "/ready"}, 10s);
  ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure);
  EXPECT_EQ(exchange.response.body, "ok");
  EXPECT_NE(seen.find("GET /ready HTTP/1.1\r\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("Connection: close\r\n"), std::string::npos) << seen;
}

}  // namespace
}  // namespace faultline::http
