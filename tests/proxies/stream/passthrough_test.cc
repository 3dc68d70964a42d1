// Without a rule the two ends must not notice the proxy.

#include <gtest/gtest.h>

#include <thread>

#include "core/draw.h"
#include "proxied.h"

namespace faultline::stream {
namespace {

std::string random_bytes(std::uint64_t which, std::size_t size) {
  Draws draws(1, "payload", which);
  std::string bytes;
  bytes.reserve(size + 8);
  while (bytes.size() < size) {
    const std::uint64_t word = draws.bits();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes.resize(size);
  return bytes;
}

void send_in_random_chunks(Peer& peer, const std::string& bytes, std::uint64_t which) {
  Draws draws(1, "chunks", which);
  for (std::size_t sent = 0; sent < bytes.size();) {
    const std::size_t size = std::min<std::size_t>(1 + draws.below(20'000), bytes.size() - sent);
    peer.send(std::string_view(bytes).substr(sent, size));
    sent += size;
  }
  peer.finish_sending();
}

class Passthrough : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Passthrough, each_transport(), transport_name);

TEST_P(Passthrough, CarriesAMebibyteInRandomChunksBothWaysAtOnce) {
  constexpr std::size_t kSize = 1 << 20;
  for (std::uint64_t round = 0; round < 4; ++round) {
    auto ends = proxied.connection();
    Peer &client = ends.first, &server = ends.second;
    const std::string request = random_bytes(2 * round, kSize), response = random_bytes(2 * round + 1, kSize);
    std::thread to_server([&] { send_in_random_chunks(client, request, 2 * round); });
    std::thread to_client([&] { send_in_random_chunks(server, response, 2 * round + 1); });
    std::string at_server;
    std::thread reader([&] { at_server = server.read_to_end(); });
    const std::string at_client = client.read_to_end();
    to_server.join();
    to_client.join();
    reader.join();
    EXPECT_TRUE(at_server == request) << "what the server got is not what the client sent";
    EXPECT_TRUE(at_client == response) << "what the client got is not what the server sent";
  }
}

TEST_P(Passthrough, PassesHalfCloseOnAndKeepsTheOtherDirection) {
  auto [client, server] = proxied.connection();
  client.send("question");
  client.finish_sending();
  EXPECT_EQ(server.read_to_end(), "question");
  server.send("answer after the end of the question");
  server.finish_sending();
  EXPECT_EQ(client.read_to_end(), "answer after the end of the question");
  EXPECT_TRUE(proxied.wait_for([](const Counters& now) { return now.open == 0; })) << "both ends are done";
}

TEST_P(Passthrough, PassesAResetOnAsAReset) {
  {
    auto [client, server] = proxied.connection();
    client.reset();
    EXPECT_EQ(server.next(), End::reset);
  }
  auto [client, server] = proxied.connection();
  server.reset();
  EXPECT_EQ(client.next(), End::reset);
}

TEST_P(Passthrough, StopsReadingFromAWriterWhoseReaderStops) {
  auto [client, server] = proxied.connection();
  const std::string much(64 << 20, 'x');
  const std::size_t sent = client.send_without_waiting(much);
  EXPECT_LT(sent, much.size()) << "a reader that reads nothing must stop the writer";
  EXPECT_LE(proxied.proxy.counters().bytes_held, 64U * 1024) << "and the proxy holds one piece at most";
  client.finish_sending();
  EXPECT_EQ(server.read_to_end().size(), sent) << "nothing is lost once the reader goes on";
}

TEST_P(Passthrough, ResetsTheClientWhenTheUpstreamCannotBeReached) {
  proxied.server.close();
  Peer client = std::move(connect_to(proxied.proxy.port()).value());
  EXPECT_EQ(client.next(), End::reset);
  EXPECT_EQ(proxied.proxy.counters().unreachable, 1U);
}

TEST_P(Passthrough, RefusesLikeTheServerWhileItIsTakenDown) {
  proxied.proxy.close_listener();
  int error = 0;
  EXPECT_FALSE(connect_to(proxied.proxy.port(), &error));
  EXPECT_EQ(error, ECONNREFUSED);
  proxied.proxy.open_listener();
  auto [client, server] = proxied.connection();
  client.send("again");
  EXPECT_EQ(server.read(5), "again");
}

TEST_P(Passthrough, HoldsManyConnectionsAndCountsThem) {
  constexpr std::size_t kMany = 200;
  std::vector<std::pair<Peer, Peer>> connections;
  for (std::size_t i = 0; i < kMany; ++i) {
    connections.push_back(proxied.connection());
  }
  for (std::size_t i = 0; i < kMany; ++i) {
    connections[i].first.send(std::to_string(i));
  }
  for (std::size_t i = 0; i < kMany; ++i) {
    const std::string expected = std::to_string(i);
    EXPECT_EQ(connections[i].second.read(expected.size()), expected);
  }
  const Counters counters = proxied.proxy.counters();
  EXPECT_EQ(counters.accepted, kMany);
  EXPECT_EQ(counters.open, kMany);
  EXPECT_EQ(counters.bytes_to_upstream, 10U + 2 * 90 + 3 * 100);
}

TEST_P(Passthrough, NamesThePortThatIsTaken) {
  try {
    const Proxy second(*proxied.transport,
                       {.listen = {.port = proxied.proxy.port()}, .upstream = {.port = 1}}, proxied.recorder);
    FAIL() << "two proxies on one port";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find(std::to_string(proxied.proxy.port())), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace faultline::stream
