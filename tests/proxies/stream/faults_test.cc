// What each fault does on the wire, seen from both ends.

#include <gmock/gmock.h>

#include <chrono>

#include "proxied.h"
#include "stream/shaper.h"

namespace faultline::stream {
namespace {

using namespace std::chrono_literals;
using fault::Edge;

template <typename F>
Duration took(F what) {
  const auto began = std::chrono::steady_clock::now();
  what();
  return std::chrono::steady_clock::now() - began;
}

class Refuse : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Refuse, each_transport(), transport_name);

TEST_P(Refuse, RefusesNewConnectionsResetsOpenOnesAndComesBackOnTheSamePort) {
  const std::uint16_t port = proxied.proxy.port();
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("r", fault::Refuse{true})}});
  EXPECT_EQ(client.next(), End::reset);
  EXPECT_EQ(server.next(), End::reset);
  int error = 0;
  EXPECT_FALSE(connect_to(port, &error));
  EXPECT_EQ(error, ECONNREFUSED);
  ASSERT_EQ(proxied.recorder.actions().size(), 1U);
  EXPECT_EQ(proxied.recorder.actions()[0].effect,
            "nothing listens after 1 connections, 1 of them open and reset");

  proxied.proxy.apply({});
  EXPECT_EQ(proxied.proxy.port(), port);
  auto [again, accepted] = proxied.connection();
  again.send("back");
  EXPECT_EQ(accepted.read(4), "back");
}

TEST_P(Refuse, CanKeepOpenConnections) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("r", fault::Refuse{false})}});
  EXPECT_FALSE(connect_to(proxied.proxy.port()));
  client.send("still here");
  EXPECT_EQ(server.read(10), "still here");
}

TEST_P(Refuse, ResetsWhatAnotherRefusalHadKept) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("keeps", fault::Refuse{false})}});
  proxied.proxy.apply({.on = {rule("keeps", fault::Refuse{false}), rule("resets", fault::Refuse{true})}});
  EXPECT_EQ(client.next(), End::reset);
  EXPECT_EQ(proxied.recorder.actions().size(), 2U);
}

TEST_P(Refuse, HasNotActedWhereNobodyEverConnected) {
  proxied.proxy.apply({.on = {rule("r", fault::Refuse{true})}});
  EXPECT_TRUE(proxied.recorder.actions().empty()) << "it changed nothing for anybody";
}

class Blackhole : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Blackhole, each_transport(), transport_name);

TEST_P(Blackhole, AcceptsAndAnswersNothingAndLosesNothing) {
  auto [before, before_server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("b", fault::Blackhole{true})}});
  before.send("into the hole");
  Peer fresh = std::move(connect_to(proxied.proxy.port()).value());
  fresh.send("hello");
  EXPECT_TRUE(before_server.silent_for(50));
  EXPECT_TRUE(fresh.silent_for(50));
  proxied.proxy.apply({});
  EXPECT_EQ(before_server.read(13), "into the hole");
  EXPECT_EQ(proxied.server.accept().read(5), "hello") << "it is connected once the hole is gone";
}

TEST_P(Blackhole, CanHangTheHandshake) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("b", fault::Blackhole{false})}});
  EXPECT_TRUE(connect_hangs(proxied.proxy.port(), 200));
  proxied.proxy.apply({});
  proxied.connection();
}

class Delay : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Delay, each_transport(), transport_name);

TEST_P(Delay, MakesEachChunkLaterInItsDirectionAndKeepsTheOrder) {
  auto ends = proxied.connection();
  Peer &client = ends.first, &server = ends.second;
  proxied.proxy.apply({.on = {rule("d", fault::Delay{100ms, 0ms}, Edge::response)}});
  client.send("ping");
  EXPECT_EQ(server.read(4), "ping") << "the request is not delayed";
  EXPECT_GE(took([&] {
              server.send("pong");
              EXPECT_EQ(client.read(4), "pong");
            }),
            100ms);
  server.send("a");
  server.send("b");
  server.send("c");
  EXPECT_EQ(client.read(3), "abc");
  EXPECT_THAT(proxied.proxy.counters().acted, ::testing::ElementsAre(::testing::Pair("d", 1)));
}

TEST_P(Delay, DelaysTheEndOfTheStreamBehindItsBytes) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("d", fault::Delay{50ms, 50ms}, Edge::request)}});
  client.send("last words");
  client.finish_sending();
  EXPECT_EQ(server.read_to_end(), "last words");
}

TEST_P(Delay, LetsGoOfWhatItHeldWhenItIsLifted) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("d", fault::Delay{1h, 0ms}, Edge::request)}});
  client.send("held for an hour");
  EXPECT_TRUE(proxied.wait_for([](const Counters& now) { return now.bytes_held == 16; }));
  proxied.proxy.apply({});
  EXPECT_EQ(server.read(16), "held for an hour");
}

TEST_P(Blackhole, ActsOnlyWhereSomethingIsNotAnswered) {
  auto [idle, idle_server] = proxied.connection();
  auto [busy, busy_server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("b", fault::Blackhole{true})}});
  busy.send("hello");
  EXPECT_TRUE(proxied.wait_for([](const Counters& now) { return now.acted.contains("b"); }));
  ASSERT_EQ(proxied.recorder.actions().size(), 1U);
  EXPECT_EQ(proxied.recorder.actions()[0].connection, 2U);
  proxied.proxy.apply({});
  EXPECT_EQ(busy_server.read(5), "hello");
}

class Throttle : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Throttle, each_transport(), transport_name);

TEST_P(Throttle, KeepsToItsRate) {
  auto ends = proxied.connection();
  Peer &client = ends.first, &server = ends.second;
  proxied.proxy.apply({.on = {rule("t", fault::Throttle{100'000}, Edge::request)}});
  const std::string bytes(30'000, 'x');
  // The last slice, 1,000 bytes, leaves when those before it are paid for, of which the time before the first byte
  // may have paid one.
  EXPECT_GE(took([&] {
              client.send(bytes);
              EXPECT_EQ(server.read(bytes.size()).size(), bytes.size());
            }),
            280ms);
}

TEST_P(Throttle, CanBeChangedUnderItsName) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("t", fault::Throttle{1}, Edge::request)}});
  client.send("x");
  EXPECT_EQ(server.read(1), "x");
  client.send(std::string(1'000, 'y'));  // a quarter of an hour's worth
  proxied.proxy.apply({.on = {rule("t", fault::Throttle{1e9}, Edge::request)}});
  EXPECT_EQ(server.read(1'000).size(), 1'000U);
}

class Cut : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Cut, each_transport(), transport_name);

TEST_P(Cut, ResetsBothEndsAfterExactlySoManyBytes) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("c", fault::Cut{fault::Cut::How::rst, 3}, Edge::request)}});
  client.send("abcdef");
  EXPECT_EQ(client.next(), End::reset);
  // A reset may overtake the bytes before it, as it may on any network; more than three never come.
  EXPECT_LE(server.read_to_end().size(), 3U);
  EXPECT_EQ(proxied.proxy.counters().bytes_to_upstream, 3U);
}

TEST_P(Cut, ClosesBothEndsInTheMiddleOfAMessage) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("c", fault::Cut{fault::Cut::How::fin, 4}, Edge::response)}});
  server.send("answer");
  EXPECT_EQ(client.read_to_end(), "answ");
  EXPECT_EQ(server.next(), End::closed);
}

TEST_P(Cut, EndsEvenWhenTheClientNeverCloses) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("c", fault::Cut{fault::Cut::How::fin, 0}, Edge::response)}});
  EXPECT_EQ(client.read_to_end(), "");
  server.finish_sending();
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (proxied.proxy.counters().open != 0 && std::chrono::steady_clock::now() < deadline) {
  }
  EXPECT_EQ(proxied.proxy.counters().open, 0U) << "the client has not closed, and is not waited for";
}

TEST_P(Cut, HalfClosesOneDirectionAndKeepsTheOther) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("c", fault::Cut{fault::Cut::How::half, 0}, Edge::response)}});
  EXPECT_EQ(client.read_to_end(), "");
  client.send("can you hear me");
  EXPECT_EQ(server.read(15), "can you hear me");
}

TEST_P(Cut, EndsConnectionsThatAreOpenAtOnceAndNewOnesToo) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("c", fault::Cut{fault::Cut::How::rst, 0}, Edge::response)}});
  EXPECT_EQ(client.next(), End::reset);
  auto fresh = connect_to(proxied.proxy.port());
  EXPECT_TRUE(!fresh || fresh->next() == End::reset);
}

class Hang : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Hang, each_transport(), transport_name);

TEST_P(Hang, StopsBytesAndLosesNoneWhenItIsLifted) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("h", fault::Hang{})}});
  client.send("held");
  EXPECT_TRUE(server.silent_for(50));
  EXPECT_TRUE(proxied.wait_for([](const Counters& now) { return now.acted.contains("h"); }));
  proxied.proxy.apply({});
  EXPECT_EQ(server.read(4), "held");
}

TEST_P(Hang, EndsByItselfAfterItsTime) {
  auto ends = proxied.connection();
  Peer &client = ends.first, &server = ends.second;
  EXPECT_GE(took([&] {
              proxied.proxy.apply({.on = {rule("h", fault::Hang{100ms})}});
              client.send("held");
              EXPECT_EQ(server.read(4), "held");
            }),
            100ms);
}

class Slice : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Slice, each_transport(), transport_name);

TEST_P(Slice, WritesSoManyBytesAndPauses) {
  auto ends = proxied.connection();
  Peer &client = ends.first, &server = ends.second;
  proxied.proxy.apply({.on = {rule("s", fault::Slice{.size = 10, .pause = 20ms}, Edge::request)}});
  EXPECT_GE(took([&] {
              client.send(std::string(60, 'x'));
              EXPECT_EQ(server.read(60), std::string(60, 'x'));
            }),
            100ms)
      << "five pauses between six slices";
}

class SlowClose : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, SlowClose, each_transport(), transport_name);

TEST_P(SlowClose, LetsBytesThroughAndTheEndLater) {
  auto ends = proxied.connection();
  Peer &client = ends.first, &server = ends.second;
  proxied.proxy.apply({.on = {rule("s", fault::SlowClose{100ms}, Edge::response)}});
  EXPECT_GE(took([&] {
              server.send("last words");
              server.finish_sending();
              EXPECT_EQ(client.read(10), "last words");
              EXPECT_EQ(client.next(), End::closed);
            }),
            100ms);
}

class Corrupt : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Corrupt, each_transport(), transport_name);

TEST_P(Corrupt, FlipsABitOfTheNthByteSinceItCameOn) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("c", fault::Corrupt{.nth_byte = 5}, Edge::request)}});
  client.send("000");
  EXPECT_EQ(server.read(3), "000");
  client.send("00000");
  EXPECT_EQ(server.read(5), "01000");
  EXPECT_TRUE(proxied.wait_for([](const Counters& counters) { return counters.acted.contains("c"); }));
  EXPECT_EQ(proxied.recorder.actions().size(), 1U);
}

TEST_P(Corrupt, FlipsByProbabilityTheSameBytesForASeed) {
  auto [client, server] = proxied.connection();
  const std::string sent(10'000, '0');
  proxied.proxy.apply({.on = {rule("c", fault::Corrupt{.probability = 0.01}, Edge::request)}});
  client.send(sent);
  const std::string got = server.read(sent.size());
  const auto flipped = std::count(got.begin(), got.end(), '1');
  EXPECT_GT(flipped, 50);
  EXPECT_LT(flipped, 200);
  Shaper shaper(7, 1, Way::to_upstream);  // the seed and the connection of this proxy
  shaper.set_rules({rule("c", fault::Corrupt{.probability = 0.01}, Edge::request)}, Instant{});
  std::string again = sent;
  shaper.corrupt(again);
  EXPECT_EQ(got, again);
}

class DropIdle : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, DropIdle, each_transport(), transport_name);

TEST_P(DropIdle, LosesEverythingOnceAConnectionWasIdle) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("d", fault::DropIdle{1h})}});
  client.send("in time");
  EXPECT_EQ(server.read(7), "in time");
  proxied.proxy.apply({.on = {rule("d", fault::DropIdle{0ms})}});
  client.send("too late");
  EXPECT_TRUE(proxied.wait_for([](const Counters& counters) { return counters.acted.contains("d"); }));
  EXPECT_TRUE(server.silent_for(50));
  EXPECT_TRUE(client.silent_for(1)) << "nobody is told";
  proxied.proxy.apply({});
  client.send("still lost");
  EXPECT_TRUE(server.silent_for(50)) << "what was forgotten stays so";
  EXPECT_EQ(proxied.recorder.actions().size(), 1U);
}

class MaxConnections : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, MaxConnections, each_transport(), transport_name);

TEST_P(MaxConnections, ResetsThoseBeyond) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("m", fault::MaxConnections{.most = 1})}});
  auto beyond = connect_to(proxied.proxy.port());
  EXPECT_TRUE(!beyond || beyond->next() == End::reset);
  client.send("still here");
  EXPECT_EQ(server.read(10), "still here");
  EXPECT_EQ(proxied.recorder.actions().at(0).effect, "a connection beyond 1 is reset");
}

TEST_P(MaxConnections, CanLetThoseBeyondWaitUntilItIsLifted) {
  auto [client, server] = proxied.connection();
  proxied.proxy.apply({.on = {rule("m", fault::MaxConnections{.most = 1, .reset = false})}});
  Peer waiting = std::move(connect_to(proxied.proxy.port()).value());
  waiting.send("hello");
  EXPECT_TRUE(waiting.silent_for(50));
  proxied.proxy.apply({});
  EXPECT_EQ(proxied.server.accept().read(5), "hello");
}

class Rules : public OnEachTransport {};
INSTANTIATE_TEST_SUITE_P(On, Rules, each_transport(), transport_name);

TEST_P(Rules, ChangeWithoutDroppingConnectionsThatTheyDoNotEnd) {
  auto [client, server] = proxied.connection();
  for (int round = 0; round < 20; ++round) {
    proxied.proxy.apply({.on = {rule("d", fault::Delay{1ms, 1ms}), rule("t", fault::Throttle{1e9})}});
    client.send("x");
    proxied.proxy.apply({});
    client.send("y");
    EXPECT_EQ(server.read(2), "xy");
  }
  EXPECT_EQ(proxied.proxy.counters().open, 1U);
}

}  // namespace
}  // namespace faultline::stream
