// A proxy that knows its protocol: what it does with heads that are torn, and with what it does not understand.

#include <gmock/gmock.h>

#include "proxied.h"

namespace faultline::stream {
namespace {

class Framed : public OnEachTransport {
 protected:
  ProxyOptions options() const {
    ProxyOptions options;
    options.upstream.port = proxied.server.port();
    options.protocol = "redis";
    return options;
  }
  std::pair<Peer, Peer> connection() {
    Peer client = std::move(connect_to(proxy.port()).value());
    Peer accepted = proxied.server.accept();
    return {std::move(client), std::move(accepted)};
  }

  Proxy proxy{*proxied.transport, options(), proxied.recorder};
};

INSTANTIATE_TEST_SUITE_P(On, Framed, each_transport(), transport_name);

TEST_P(Framed, PassesATornMessageOnWhole) {
  auto [client, server] = connection();
  client.send("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1");
  EXPECT_EQ(server.read(14), "*1\r\n$4\r\nPING\r\n");
  EXPECT_TRUE(server.silent_for(20)) << "the head of the second is not whole";
  client.send("\r\nk\r\n");
  EXPECT_EQ(server.read(20), "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
  server.send("+PONG\r\n$1");
  server.send("\r\nv\r\n");
  EXPECT_EQ(client.read(14), "+PONG\r\n$1\r\nv\r\n");
  const auto calls = proxy.calls();
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0].operation, "GET k");
  EXPECT_EQ(calls[1].operation, "PING");
  EXPECT_EQ(proxy.counters().messages, 4U);
}

TEST_P(Framed, PassesTheBeginningOfAMessageOnThatNeverBecomesWhole) {
  auto [client, server] = connection();
  client.send("*2\r\n$3\r\nGE");
  client.finish_sending();
  EXPECT_EQ(server.read_to_end(), "*2\r\n$3\r\nGE");
}

TEST_P(Framed, PassesWhatItDoesNotUnderstandOnAsBytesAndSaysSoOnce) {
  auto [client, server] = connection();
  client.send("*1\r\n$4\r\nPING\r\n");
  EXPECT_EQ(server.read(14), "*1\r\n$4\r\nPING\r\n");
  server.send("$5");  // kept: the head of a reply
  client.send(std::string_view("\0\1\2", 3));
  EXPECT_EQ(server.read(3), std::string("\0\1\2", 3));
  EXPECT_EQ(client.read(2), "$5") << "what the other direction had kept goes on its way";
  server.send("anything");
  EXPECT_EQ(client.read(8), "anything");
  EXPECT_EQ(proxy.counters().unframed, 1U);
  EXPECT_EQ(proxied.recorder.reasons(), std::vector<std::string>{"not a Redis command"});
}

TEST_P(Framed, HoldsAMessageBackByARuleLikeAnyBytes) {
  auto [client, server] = connection();
  proxy.apply({.on = {rule("h", fault::Hang{}, fault::Edge::request)}});
  client.send("*1\r\n$4\r\nPING\r\n");
  EXPECT_TRUE(server.silent_for(20));
  EXPECT_EQ(proxy.calls().size(), 1U) << "it was understood when it came";
  proxy.apply({});
  EXPECT_EQ(server.read(14), "*1\r\n$4\r\nPING\r\n");
}

}  // namespace
}  // namespace faultline::stream
