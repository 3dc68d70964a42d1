#include "http/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "core/error.h"
#include "raw_peer.h"

namespace faultline::http {
namespace {

using namespace std::chrono_literals;

void echo(const Request& request, const Respond& respond) {
  respond({200, {{"X-Method", request.method}}, request.target + request.body});
}

class ServerTest : public ::testing::Test {
 protected:
  RawConnection connect(Handler handler = echo, ServerLimits limits = {}) {
    server_ = std::make_unique<Server>(loop_, "127.0.0.1", 0, std::move(handler), limits);
    return RawConnection::to(server_->port());
  }

  Loop loop_{"server-test"};
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersOnAConnectionThatStaysOpen) {
  auto connection = connect();
  connection.write("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n-b-");
  EXPECT_EQ(connection.read_until("-b-"),
            "HTTP/1.1 200 OK\r\nX-Method: POST\r\nContent-Length: 5\r\n\r\n/a-b-");
  connection.write("GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(connection.read_until("/again").find("/again"), std::string::npos);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrderWhoeverIsReadyFirst) {
  std::vector<Respond> waiting;
  std::promise<void> first_waits;
  auto connection = connect([&](const Request& request, const Respond& respond) {
    if (request.target == "/slow") {
      waiting.push_back(respond);
      first_waits.set_value();
    } else {
      respond({200, {}, "fast"});
    }
  });
  connection.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /fast HTTP/1.1\r\nHost: x\r\n\r\n");
  first_waits.get_future().get();
  loop_.run([&] { waiting.at(0)({200, {}, "slow"}); });
  const std::string all = connection.read_until("fast");
  EXPECT_LT(all.find("slow"), all.find("fast")) << all;
}

TEST_F(ServerTest, IgnoresASecondAnswerAndOneThatComesTooLate) {
  std::promise<Respond> given;
  auto connection = connect([&](const Request&, const Respond& respond) {
    respond({200, {}, "first"});
    respond({500, {}, "second"});
    given.set_value(respond);
  });
  connection.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const Respond respond = given.get_future().get();
  EXPECT_EQ(connection.read_all(), "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfirst");
  server_.reset();
  loop_.run([&] { respond({200, {}, "late"}); });
}

TEST_F(ServerTest, ResetsTheConnectionInsteadOfAnAnswer) {
  auto connection = connect([](const Request&, const Respond& respond) {
    respond.reset();
    respond({200, {}, "too late"});
  });
  connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  errno = 0;
  EXPECT_EQ(connection.read_all(), "");
  EXPECT_EQ(errno, ECONNRESET) << "the stream ended without a RST";
}

TEST_F(ServerTest, IgnoresAResetAfterAnAnswer) {
  auto connection = connect([](const Request&, const Respond& respond) {
    respond({200, {}, "answer"});
    respond.reset();
  });
  connection.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(connection.read_all().ends_with("answer"));
}

TEST_F(ServerTest, HasNoBodyWhereHttpHasNone) {
  auto connection = connect([](const Request& request, const Respond& respond) {
    respond({request.target == "/gone" ? 204 : 200, {}, "12345"});
  });
  connection.write(
      "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /gone HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(connection.read_all(),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST_F(ServerTest, SendsAnAnswerThatIsMoreThanASocketTakesAtOnce) {
  std::string body;
  while (body.size() < 8 * 1024 * 1024) {
    body += std::to_string(body.size()) + ' ';
  }
  auto connection = connect([&](const Request&, const Respond& respond) { respond({200, {}, body}); });
  connection.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = connection.read_all();
  EXPECT_TRUE(answer.substr(std::min(answer.find("\r\n\r\n"), answer.size() - 4) + 4) == body)
      << answer.size();
}

TEST_F(ServerTest, RefusesABodyLargerThanItsLimitAndDoesNotResetAClientThatStillSends) {
  auto connection = connect(echo, {.body_bytes = 10, .linger = 1min});
  connection.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  const std::string answer = connection.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  loop_.run([] {});  // what the server does after its answer is done by now
  EXPECT_TRUE(connection.write("a part of the body"));
  EXPECT_TRUE(connection.write("another")) << "the first part was answered by a reset";
}

TEST_F(ServerTest, LingersForItsLimitAndNoLonger) {
  auto connection = connect(echo, {.linger = 1ms});
  connection.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  connection.read_all();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (connection.write("more")) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the connection is closed after the limit";
    std::this_thread::yield();
  }
}

TEST_F(ServerTest, RefusesAChunkedBodyLargerThanItsLimit) {
  auto connection = connect(echo, {.body_bytes = 10});
  connection.write("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" +
                   std::string(32, 'x') + "\r\n0\r\n\r\n");
  EXPECT_TRUE(connection.read_all().starts_with("HTTP/1.1 413 "));
}

TEST_F(ServerTest, RefusesAHeaderLargerThanItsLimit) {
  auto connection = connect(echo, {.header_bytes = 1000});
  connection.write("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(2000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(connection.read_all().starts_with("HTTP/1.1 431 "));
}

TEST_F(ServerTest, RefusesWhatIsNoRequest) {
  for (const std::string_view garbage :
       {"garbage\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01"}) {
    auto connection = connect();
    connection.write(garbage);
    const std::string answer = connection.read_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << garbage << " was answered by " << answer;
  }
}

TEST_F(ServerTest, TellsAClientThatAsksToGoOn) {
  auto connection = connect();
  connection.write("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(connection.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.write("-b-");
  EXPECT_EQ(connection.read_until("-b-"),
            "HTTP/1.1 200 OK\r\nX-Method: POST\r\nContent-Length: 5\r\n\r\n/a-b-");
  connection.write("POST /c HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nd");
  EXPECT_EQ(connection.read_until("/cd").find("100 Continue"), std::string::npos)
      << "it has gone on by itself";
}

TEST_F(ServerTest, TakesTheWholeUrlOfARequestAndItsHost) {
  auto connection = connect([](const Request& request, const Respond& respond) {
    respond({200, {}, std::string(request.headers.find("Host").value()) + " " + request.target});
  });
  connection.write("GET http://real.test:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(connection.read_until("a?b").find("\r\n\r\nreal.test:80 /a?b"), std::string::npos);
  connection.write("GET HTTP://real.test?b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(connection.read_until("?b").find("real.test /?b"), std::string::npos);
  connection.write("GET http://real.test HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(connection.read_all().find("real.test /"), std::string::npos);
}

TEST_F(ServerTest, RefusesARequestThatDoesNotSayOnceWhichHostItIsFor) {
  for (const char* const hosts : {"", "Host: a\r\nHost: b\r\n"}) {
    auto connection = connect();
    connection.write(std::string("GET / HTTP/1.1\r\n") + hosts + "\r\n");
    EXPECT_EQ(connection.read_all().substr(0, 13), "HTTP/1.1 400 ");
  }
}

TEST_F(ServerTest, RefusesATransferCodingThatItDoesNotKnow) {
  for (const char* const coding : {"gzip", "gzip, chunked"}) {
    auto connection = connect();
    connection.write(std::string("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ") + coding +
                     "\r\n\r\nabc");
    EXPECT_EQ(connection.read_all().substr(0, 13), "HTTP/1.1 501 ") << coding;
  }
}

TEST_F(ServerTest, ClosesAConnectionThatIsIdleForTooLong) {
  auto connection = connect(echo, {.idle = 20ms});
  EXPECT_EQ(connection.read_all(), "") << "ends without an answer";
}

TEST_F(ServerTest, ClosesAConnectionThatIsIdleBehindItsAnswers) {
  auto connection = connect(echo, {.idle = 300ms});
  for (int n = 0; n < 3; ++n) {
    connection.write("GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  const std::string answers = connection.read_all();  // to the end of the connection
  std::size_t at = 0;
  for (int n = 0; n < 3; ++n) {
    at = answers.find("/again", at);
    ASSERT_NE(at, std::string::npos) << answers;
    ++at;
  }
}

TEST_F(ServerTest, IsNotIdleWhileItAnswers) {
  std::promise<Respond> asked;
  auto connection =
      connect([&](const Request&, const Respond& respond) { asked.set_value(respond); }, {.idle = 300ms});
  connection.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const Respond respond = asked.get_future().get();
  // Longer than the idle time, by the server's own clock.
  std::promise<void> later;
  Timer timer(loop_.clock());
  loop_.run([&] { timer.call_at(loop_.clock().now() + 400ms, [&] { later.set_value(); }); });
  later.get_future().get();
  loop_.run([&] { respond(Response{200, {}, "late"}); });
  EXPECT_TRUE(connection.read_all().ends_with("late"));
}

TEST_F(ServerTest, AnswersHttp10AndCloses) {
  auto connection = connect();
  connection.write("GET /old HTTP/1.0\r\n\r\n");
  const std::string answer = connection.read_all();
  EXPECT_TRUE(answer.ends_with("/old")) << answer;
}

TEST_F(ServerTest, ClosesAfterAnAnswerThatSaysSo) {
  auto connection = connect([](const Request&, const Respond& respond) {
    respond({200, {{"Connection", "close"}}, "bye"});
  });
  connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(connection.read_all().ends_with("bye"));
}

TEST_F(ServerTest, ItsEndClosesEveryConnectionAndTheListener) {
  std::promise<void> asked;
  auto waiting = connect([&](const Request&, const Respond&) { asked.set_value(); });
  auto idle = RawConnection::to(server_->port());
  waiting.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  asked.get_future().get();
  const std::uint16_t port = server_->port();
  server_.reset();
  EXPECT_EQ(waiting.read_all(), "");
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_NO_THROW(Server(loop_, "127.0.0.1", port, echo)) << "the port is free again at once";
}

TEST_F(ServerTest, MayBeDestroyedByItsOwnHandler) {
  auto connection = connect([this](const Request&, const Respond& respond) {
    server_.reset();
    respond({});
  });
  connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(connection.read_all(), "");
}

TEST_F(ServerTest, ATakenPortIsAnEnvironmentErrorThatNamesIt) {
  connect();
  const std::string address = "127.0.0.1:" + std::to_string(server_->port());
  try {
    const Server second(loop_, "127.0.0.1", server_->port(), echo);
    FAIL() << "two servers on one port";
  } catch (const EnvironmentError& error) {
    EXPECT_NE(std::string(error.what()).find(address), std::string::npos) << error.what();
    EXPECT_FALSE(error.remedy.empty());
  }
  EXPECT_THROW(Server(loop_, "not an address", 0, echo), EnvironmentError);
}

}  // namespace
}  // namespace faultline::http
