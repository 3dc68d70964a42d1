// https: whom the client trusts, and that all else goes on as without TLS.

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "asking_client.h"
#include "raw_peer.h"
#include "tls_peer.h"

namespace faultline::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class ClientTls : public ::testing::Test {
 protected:
  // Answers so many requests on one connection.
  auto serving(const Identity& identity, int requests = 1) {
    return [this, &identity, requests](RawListener& listener) {
      TlsPeer peer(listener.accept(), identity);
      accepted_ = peer.accepted();
      server_name_ = peer.server_name();
      for (int i = 0; i < requests && accepted_; ++i) {
        seen_ = peer.read_until("\r\n\r\n");
        peer.write(kOk);
      }
    };
  }

  Exchange get(const RawServer& server, const std::string& host, Tls tls) {
    AskingClient client({.tls = std::move(tls)});
    return client.ask({host, server.port(), true}).get();
  }

  const Identity authority_ = identity("authority", "", nullptr);
  const PemFile authority_file_{authority_};
  const std::string ca_file_ = authority_file_.path();
  const Identity local_ = identity("here", "DNS:localhost,IP:127.0.0.1", &authority_);
  bool accepted_ = false;
  std::string server_name_, seen_;
};

TEST_F(ClientTls, TalksToAServerThatAnAuthorityOfTheFileVouchesFor) {
  Exchange exchange;
  std::string port;
  {
    RawServer server(serving(local_));
    port = server.port();
    exchange = get(server, "localhost", {.ca_file = ca_file_});
  }
  ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure) << ": " << exchange.detail;
  EXPECT_EQ(exchange.response.body, "ok");
  EXPECT_EQ(server_name_, "localhost") << "SNI";
  EXPECT_EQ(seen_, "GET / HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n");
  EXPECT_EQ(exchange.bytes_sent, seen_.size()) << "of HTTP, not of TLS";
  EXPECT_EQ(exchange.bytes_received, kOk.size());
  EXPECT_GT(exchange.timings.handshaking, Duration{});
  EXPECT_EQ(exchange.detail, "");
}

TEST_F(ClientTls, ChecksAnAddressAsAnAddress) {
  {
    RawServer server(serving(local_));
    const Exchange exchange = get(server, "127.0.0.1", {.ca_file = ca_file_});
    EXPECT_TRUE(exchange.answered()) << to_text(exchange.failure) << ": " << exchange.detail;
  }
  EXPECT_EQ(server_name_, "") << "an address is no server name (RFC 6066, 3)";
  const Identity other = identity("127.0.0.1", "IP:127.0.0.2", &authority_);
  RawServer server(serving(other));
  EXPECT_EQ(get(server, "127.0.0.1", {.ca_file = ca_file_}).failure, Failure::tls);
}

TEST_F(ClientTls, ReusesAConnection) {
  RawServer server(serving(local_, 3));
  AskingClient client({.tls = {.ca_file = ca_file_}});
  for (int i = 0; i < 3; ++i) {
    const Exchange exchange = client.ask({"127.0.0.1", server.port(), true}).get();
    ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure) << ": " << exchange.detail;
    EXPECT_EQ(exchange.reused, i > 0);
    EXPECT_EQ(exchange.timings.handshaking == Duration{}, i > 0);
  }
}

TEST_F(ClientTls, RefusesAnotherName) {
  const Identity other = identity("other", "DNS:other.example", &authority_);
  RawServer server(serving(other));
  const Exchange exchange = get(server, "localhost", {.ca_file = ca_file_});
  EXPECT_EQ(exchange.failure, Failure::tls);
  EXPECT_EQ(exchange.detail, "hostname mismatch");
  EXPECT_EQ(exchange.sent, Instant{}) << "nothing was sent";
}

TEST_F(ClientTls, RefusesAnAuthorityThatItDoesNotKnow) {
  const Identity stranger = identity("stranger", "", nullptr);
  const Identity local = identity("here", "DNS:localhost", &stranger);
  for (const std::string& ca_file : {ca_file_, std::string()}) {
    RawServer server(serving(local));
    const Exchange exchange = get(server, "localhost", {.ca_file = ca_file});
    EXPECT_EQ(exchange.failure, Failure::tls);
    EXPECT_NE(exchange.detail.find("issuer"), std::string::npos) << exchange.detail;
  }
}

TEST_F(ClientTls, TakesAnyWhenInsecure) {
  const Identity stranger = identity("stranger", "DNS:other.example", nullptr);
  RawServer server(serving(stranger));
  const Exchange exchange = get(server, "localhost", {.insecure = true});
  EXPECT_TRUE(exchange.answered()) << to_text(exchange.failure) << ": " << exchange.detail;
}

TEST_F(ClientTls, AFileOfAuthoritiesThatCannotBeReadIsNamed) {
  RawServer server([](RawListener& listener) { listener.accept().read_all(); });
  const Exchange exchange = get(server, "localhost", {.ca_file = "/nowhere.pem"});
  EXPECT_EQ(exchange.failure, Failure::tls);
  EXPECT_NE(exchange.detail.find("/nowhere.pem"), std::string::npos) << exchange.detail;
}

TEST_F(ClientTls, AServerThatSpeaksNoTlsFailsTheHandshake) {
  RawServer server([](RawListener& listener) {
    auto connection = listener.accept();
    connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    connection.read_all();
  });
  const Exchange exchange = get(server, "localhost", {.ca_file = ca_file_});
  EXPECT_EQ(exchange.failure, Failure::tls);
  EXPECT_NE(exchange.detail, "");
}

TEST_F(ClientTls, AServerThatClosesInTheHandshakeFailsIt) {
  RawServer server([](RawListener& listener) { listener.accept(); });
  const Exchange exchange = get(server, "localhost", {.ca_file = ca_file_});
  EXPECT_EQ(exchange.failure, Failure::tls);
  EXPECT_NE(exchange.detail, "");
}

TEST_F(ClientTls, AHandshakeThatStallsIsAConnectTimeout) {
  RawServer server([](RawListener& listener) { listener.accept().read_all(); });
  AskingClient client({.connect_timeout = 30ms, .whole_timeout = 1h});
  const Exchange exchange = client.ask({"localhost", server.port(), true}).get();
  EXPECT_EQ(exchange.failure, Failure::connect_timeout);
  EXPECT_EQ(exchange.sent, Instant{});
}

TEST_F(ClientTls, CarriesLargeBodiesBothWays) {
  const std::string large(8'000'000, 'x');
  RawServer server([&](RawListener& listener) {
    TlsPeer peer(listener.accept(), local_);
    peer.read_until_size(large.size());
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large.size()) + "\r\n\r\n" + large);
  });
  AskingClient client({.tls = {.ca_file = ca_file_}});
  const Exchange exchange =
      client.ask({"127.0.0.1", server.port(), true}, {.method = "POST", .body = large}).get();
  ASSERT_TRUE(exchange.answered()) << to_text(exchange.failure) << ": " << exchange.detail;
  EXPECT_TRUE(exchange.response.body == large) << exchange.response.body.size();
}

TEST_F(ClientTls, ABodyToTheEndOfTheConnectionNeedsTheEndToBeSaid) {
  for (const bool said : {true, false}) {
    RawServer server([&](RawListener& listener) {
      TlsPeer peer(listener.accept(), local_);
      peer.read_until("\r\n\r\n");
      peer.write("HTTP/1.1 200 OK\r\n\r\nto the end");
      if (said) {
        peer.end();
      }
    });
    const Exchange exchange = get(server, "127.0.0.1", {.ca_file = ca_file_});
    EXPECT_EQ(exchange.failure, said ? Failure::none : Failure::reset) << exchange.detail;
    EXPECT_EQ(exchange.response.body, said ? "to the end" : "");
  }
}

TEST_F(ClientTls, AnIdleConnectionThatTheServerHasClosedIsNotUsed) {
  std::promise<void> closed;
  RawServer server([&](RawListener& listener) {
    {
      TlsPeer first(listener.accept(), local_);
      first.read_until("\r\n\r\n");
      first.write(kOk);
      first.end();
    }
    closed.set_value();
    TlsPeer second(listener.accept(), local_);
    second.read_until("\r\n\r\n");
    second.write(kOk);
  });
  AskingClient client({.tls = {.ca_file = ca_file_}});
  const Origin to{"127.0.0.1", server.port(), true};
  ASSERT_TRUE(client.ask(to).get().answered());
  closed.get_future().wait();
  const Exchange exchange = client.ask(to, {.method = "POST"}).get();
  EXPECT_TRUE(exchange.answered()) << to_text(exchange.failure) << ": a POST would not be sent twice";
}

}  // namespace
}  // namespace faultline::http
