// What the client holds a request to: its time to connect, to the first byte and as a whole, and its turn.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "asking_client.h"
#include "raw_peer.h"

namespace faultline::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Takes connections into its backlog until that is full, so that a further one gets no answer at all.
class FullListener {
 public:
  FullListener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 0), 0);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    waiting_.push_back(RawConnection::to(port_));
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  ~FullListener() { ::close(fd_); }

  std::string port() const { return std::to_string(port_); }

 private:
  int fd_;
  std::uint16_t port_ = 0;
  std::vector<RawConnection> waiting_;
};

TEST(ClientLimits, AConnectionThatDoesNotComeIsAConnectTimeout) {
  const FullListener listener;
  AskingClient client({.connect_timeout = 1h, .whole_timeout = 1h});
  for (const Timeouts& timeouts : {Timeouts{.connect = 20ms}, Timeouts{.whole = 20ms}}) {
    const Exchange exchange = client.get(listener.port(), {}, timeouts);
    EXPECT_EQ(exchange.failure, Failure::connect_timeout);
    EXPECT_EQ(exchange.sent, Instant{}) << "it was never sent";
    EXPECT_EQ(exchange.bytes_sent, 0U);
  }
  AskingClient hasty({.connect_timeout = 20ms, .whole_timeout = 1h});
  EXPECT_EQ(hasty.get(listener.port()).failure, Failure::connect_timeout) << "as the options say";
}

TEST(ClientLimits, AnAnswerThatDoesNotBeginIsATimeout) {
  for (const bool of_the_request : {false, true}) {
    RawServer server([](RawListener& listener) { listener.accept().read_all(); });
    ClientOptions options{.whole_timeout = 1h};
    Timeouts timeouts;
    (of_the_request ? timeouts.first_byte : options.first_byte_timeout) = 20ms;
    AskingClient client(options);
    const Exchange exchange = client.get(server.port(), {}, timeouts);
    EXPECT_EQ(exchange.failure, Failure::timeout);
    EXPECT_GE(exchange.finished - exchange.sent, 20ms) << "never early";
  }
}

TEST(ClientLimits, TheFirstByteEndsItsLimit) {
  std::promise<void> passed;
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write(kOk.substr(0, 1));
    passed.get_future().wait();
    connection.write(kOk.substr(1));
  });
  AskingClient client({.whole_timeout = 1h, .first_byte_timeout = 1s});
  auto answer = client.ask({"127.0.0.1", server.port()});
  // Another request with as short a limit, and nobody who answers it: when it has failed, that time has passed.
  RawServer silent([](RawListener& listener) { listener.accept().read_all(); });
  EXPECT_EQ(client.get(silent.port()).failure, Failure::timeout);
  passed.set_value();
  EXPECT_TRUE(answer.get().answered());
}

TEST(ClientLimits, TheWholeLimitGoesOnBehindTheFirstByte) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.write(kOk.substr(0, 20));
    connection.read_all();
  });
  AskingClient client({.whole_timeout = 1h});
  EXPECT_EQ(client.get(server.port(), {}, {.first_byte = 1h, .whole = 30ms}).failure, Failure::timeout);
}

TEST(ClientLimits, ManyRequestsFailAndNoneBeforeItsOwnLimit) {
  RawServer server([](RawListener& listener) {
    std::vector<RawConnection> open;
    open.reserve(10);
    for (int i = 0; i < 10; ++i) {
      open.push_back(listener.accept());
    }
    for (RawConnection& connection : open) {
      connection.read_all();
    }
  });
  AskingClient client;
  std::vector<std::future<Exchange>> answers;
  std::vector<Instant> limits;
  answers.reserve(10);
  limits.reserve(10);
  for (int i = 0; i < 10; ++i) {
    const Duration limit = std::chrono::milliseconds(60 - 5 * i);  // the later ones have the shorter limits
    limits.push_back(monotonic_now() + limit);
    answers.push_back(client.ask({"127.0.0.1", server.port()}, {}, {.whole = limit}));
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Exchange exchange = answers[i].get();
    EXPECT_EQ(exchange.failure, Failure::timeout);
    EXPECT_GE(exchange.finished, limits[i]) << "never early";
  }
}

// Answers one request on each of so many connections, one connection behind the other.
auto serving(int connections) {
  return [connections](RawListener& listener) {
    std::vector<RawConnection> open;  // to the end
    open.reserve(static_cast<std::size_t>(connections));
    for (int i = 0; i < connections; ++i) {
      open.push_back(listener.accept());
      open.back().read_until("\r\n\r\n");
      open.back().write(kOk);
    }
  };
}

TEST(ClientLimits, RequestsBeyondTheConnectionsWaitForTheirTurnInOrder) {
  std::promise<void> all_asked;
  std::vector<std::string> seen;
  std::vector<Exchange> exchanges;
  {
    RawServer server([&](RawListener& listener) {
      auto connection = listener.accept();
      for (int i = 0; i < 5; ++i) {
        const std::string request = connection.read_until("\r\n\r\n");
        if (i == 0) {
          all_asked.get_future().wait();
        }
        seen.push_back(request.substr(0, request.find(" HTTP")));
        connection.write(kOk);
      }
    });
    AskingClient client({.max_connections = 1});
    std::vector<std::future<Exchange>> answers;
    answers.reserve(5);
    for (int i = 0; i < 5; ++i) {
      answers.push_back(client.ask({"127.0.0.1", server.port()}, {.target = "/" + std::to_string(i)}));
    }
    all_asked.set_value();
    for (auto& answer : answers) {
      exchanges.push_back(answer.get());
    }
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"GET /0", "GET /1", "GET /2", "GET /3", "GET /4"}));
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    ASSERT_TRUE(exchanges[i].answered()) << i << ": " << to_text(exchanges[i].failure);
    EXPECT_EQ(exchanges[i].reused, i > 0);
  }
  EXPECT_EQ(exchanges[0].timings.blocked, Duration{});
  for (std::size_t i = 1; i < exchanges.size(); ++i) {
    EXPECT_GT(exchanges[i].timings.blocked, Duration{}) << i;
  }
}

TEST(ClientLimits, AConnectionThatEndsMakesRoomForTheNext) {
  RawServer server(serving(2));
  AskingClient client({.max_connections = 1});
  auto first = client.ask({"127.0.0.1", server.port()}, {.headers = {{"Connection", "close"}}});
  auto second = client.ask({"127.0.0.1", server.port()});
  EXPECT_TRUE(first.get().answered());
  const Exchange exchange = second.get();
  EXPECT_TRUE(exchange.answered()) << to_text(exchange.failure);
  EXPECT_FALSE(exchange.reused);
}

TEST(ClientLimits, AnIdleConnectionGivesWayToAnotherOrigin) {
  RawServer here(serving(1)), there(serving(1));
  AskingClient client({.max_connections = 1});
  EXPECT_TRUE(client.get(here.port()).answered());
  EXPECT_TRUE(client.get(there.port()).answered());
}

TEST(ClientLimits, ARequestThatRunsOutOfTimeInTheQueueWasNeverSent) {
  std::promise<void> answer;
  RawServer server([&](RawListener& listener) {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    answer.get_future().wait();
    connection.write(kOk);
    EXPECT_EQ(connection.read_until("\r\n\r\n").substr(0, 10), "GET /third") << "the second was never sent";
    connection.write(kOk);
  });
  AskingClient client({.max_connections = 1});
  const Origin to{"127.0.0.1", server.port()};
  auto first = client.ask(to);
  auto second = client.ask(to, {.target = "/second"}, {.whole = 20ms});
  auto third = client.ask(to, {.target = "/third"});
  const Exchange late = second.get();
  EXPECT_EQ(late.failure, Failure::connect_timeout);
  EXPECT_EQ(late.sent, Instant{});
  EXPECT_GE(late.timings.blocked, 20ms);
  answer.set_value();
  EXPECT_TRUE(first.get().answered());
  EXPECT_TRUE(third.get().answered());
}

TEST(ClientLimits, ARefusalThatIsKnownAtOnceIsNotToldFromInsideSend) {
  Loop loop("client-test");
  Client client(loop);
  std::promise<Exchange> answered;
  bool returned = false, inside = false;
  loop.run([&] {
    client.send({"255.255.255.255", "80"}, {}, [&](Exchange exchange) {  // nobody has that address
      inside = !returned;
      answered.set_value(std::move(exchange));
    });
    returned = true;
  });
  EXPECT_EQ(answered.get_future().get().failure, Failure::refused);
  EXPECT_FALSE(inside);
}

TEST(ClientLimits, RefusalsLetTheQueueGoOn) {
  std::string port;
  {
    RawListener gone;
    port = std::to_string(gone.port());
  }
  AskingClient client({.max_connections = 1});
  std::vector<std::future<Exchange>> answers;
  answers.reserve(10);
  for (int i = 0; i < 5; ++i) {
    answers.push_back(client.ask({"127.0.0.1", port}));
  }
  for (auto& answer : answers) {
    EXPECT_EQ(answer.get().failure, Failure::refused);
  }
}

}  // namespace
}  // namespace faultline::http
