#include <gmock/gmock.h>

#include "dissected.h"
#include "protocol/redis/conversation.h"

namespace faultline::protocol::redis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::unique_ptr<Protocol> make() {
  return std::make_unique<Redis>();
}

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}
std::string command(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    bytes += bulk(word);
  }
  return bytes;
}
std::string push(char type, const std::string& kind, const std::string& channel, const std::string& last) {
  return type + std::string("3\r\n") + bulk(kind) + bulk(channel) + last;
}
std::string confirmation(char type, const std::string& kind, const std::string& channel, int now) {
  return push(type, kind, channel, ":" + std::to_string(now) + "\r\n");
}
const std::string kOk = "+OK\r\n";

std::vector<std::string> operations(const std::vector<std::vector<std::string>>& commands) {
  std::string bytes;
  for (const auto& words : commands) {
    bytes += command(words);
  }
  return dissect_in_every_way(make, {client(bytes)}).calls();
}

TEST(Redis, NamesACommandByItsFirstKey) {
  EXPECT_THAT(
      operations(
          {{"get", "user:17"}, {"SETEX", "response:abc1", "60", "x"}, {"PING"}, {"MGET", "a:1", "b:2"}}),
      ElementsAre("GET user:*", "SETEX response:*", "PING", "MGET a:*"));
  EXPECT_THAT(
      operations(
          {{"EVALSHA", "sha", "2", "bull:q:1", "x"}, {"EVAL", "return 1", "0"}, {"ZUNION", "2", "z1", "z2"}}),
      ElementsAre("EVALSHA bull:q:*", "EVAL", "ZUNION *"));
  EXPECT_THAT(
      operations({{"client", "setname", "me"},
                  {"XREAD", "COUNT", "2", "streams", "log:7", "0"},
                  {"XGROUP", "CREATE", "log:7", "g", "$"},
                  {"OBJECT", "ENCODING", "k"},
                  {"BLPOP", "q:1", "0"}}),
      ElementsAre("CLIENT SETNAME", "XREAD log:*", "XGROUP CREATE log:*", "OBJECT ENCODING k", "BLPOP q:*"));
}

TEST(Redis, PairsEachReplyOfAPipelineWithItsCommand) {
  const Dissected found = dissect_in_every_way(
      make, {client(command({"GET", "a"}) + command({"LRANGE", "l", "0", "-1"}) + command({"INCR", "n"}) +
                    command({"GET", "none"})),
             server("$1\r\nx\r\n*2\r\n$1\r\na\r\n*1\r\n:5\r\n:1\r\n"), server("$-1\r\n")});
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(found.messages.back().operation, "GET none");
}

TEST(Redis, ReadsEveryTypeOfResp3) {
  const std::vector<std::string> replies = {"_\r\n",
                                            ",3.14\r\n",
                                            ",inf\r\n",
                                            "#t\r\n",
                                            "(3492890328409238509324850943850943825024385\r\n",
                                            "=7\r\ntxt:abc\r\n",
                                            "!5\r\nERR x\r\n",
                                            "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n",
                                            "~2\r\n+a\r\n+b\r\n",
                                            "*-1\r\n",
                                            "*0\r\n",
                                            "%0\r\n",
                                            "$0\r\n\r\n",
                                            "-ERR no\r\n",
                                            "|1\r\n+ttl\r\n:3600\r\n$1\r\nx\r\n",
                                            "*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n:2\r\n",
                                            "|1\r\n+a\r\n*2\r\n:1\r\n:2\r\n*0\r\n"};
  std::string sent, answered;
  for (const std::string& reply : replies) {
    sent += command({"GET", "k"});
    answered += reply;
  }
  const Dissected found = dissect_in_every_way(make, {client(sent), server(answered)});
  EXPECT_THAT(found.unframed, IsEmpty());
  EXPECT_EQ(found.answered().size(), replies.size());
  for (std::size_t i = 0; i < replies.size(); ++i) {
    EXPECT_EQ(found.messages[replies.size() + i].size, replies[i].size()) << replies[i];
  }
}

TEST(Redis, ReadsInlineCommands) {
  const Dissected found =
      dissect_in_every_way(make, {client("PING\r\nset a:1 \"two words\"\r\n\r\nGET a:1\n"),
                                  server("+PONG\r\n+OK\r\n$9\r\ntwo words\r\n")});
  EXPECT_THAT(found.calls(), ElementsAre("PING", "SET a:*", "GET a:*"));
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3)) << "an empty line has no answer";
}

TEST(Redis, CountsTheConfirmationsOfSubscriptions) {
  const Dissected found = dissect_in_every_way(
      make, {client(command({"SUBSCRIBE", "a", "b"}) + command({"PSUBSCRIBE", "c*"}) + command({"PING"})),
             server(confirmation('*', "subscribe", "a", 1) + push('*', "message", "a", bulk("early")) +
                    confirmation('*', "subscribe", "b", 2) + confirmation('*', "psubscribe", "c*", 3) +
                    "*2\r\n$4\r\npong\r\n$0\r\n\r\n"),
             server(push('*', "message", "a", bulk("x")) + "*4\r\n" + bulk("pmessage") + bulk("c*") +
                    bulk("c1") + bulk("y")),
             client(command({"UNSUBSCRIBE"}) + command({"PUNSUBSCRIBE"}) + command({"GET", "k"})),
             server(confirmation('*', "unsubscribe", "b", 2) + confirmation('*', "unsubscribe", "a", 1) +
                    confirmation('*', "punsubscribe", "c*", 0) + "$1\r\nv\r\n")});
  EXPECT_EQ(found.messages.back().operation, "GET k");
  EXPECT_EQ(found.messages.back().request, 6U);
}

TEST(Redis, TakesPushesOfResp3ForNobodysReply) {
  const Dissected found = dissect_in_every_way(
      make,
      {client(command({"HELLO", "3"}) + command({"SUBSCRIBE", "a"}) + command({"GET", "k"})),
       server("%1\r\n+server\r\n+redis\r\n" + push('>', "invalidate", "x", "_\r\n") +
              confirmation('>', "subscribe", "a", 1) + push('>', "message", "a", bulk("x")) + "$1\r\nv\r\n"),
       client(command({"LRANGE", "l", "0", "-1"}) + command({"GET", "last"})),
       server(push('*', "message", "not", bulk("a push")) + "$1\r\nv\r\n")});
  EXPECT_EQ(found.messages.back().operation, "GET last");
  EXPECT_EQ(found.messages.back().request, 5U);
}

TEST(Redis, EndsASubscriptionThatWasRefusedWithItsError) {
  const Dissected found =
      dissect_in_every_way(make, {client(command({"SUBSCRIBE", "a", "b"}) + command({"GET", "k"})),
                                  server("-NOPERM no\r\n$1\r\nv\r\n")});
  EXPECT_EQ(found.messages.back().operation, "GET k");
}

TEST(Redis, KnowsWhatIsNotAnswered) {
  const Dissected found = dissect_in_every_way(
      make, {client(command({"CLIENT", "REPLY", "SKIP"}) + command({"SET", "a", "1"}) +
                    command({"GET", "a"}) + command({"CLIENT", "REPLY", "OFF"}) + command({"SET", "a", "2"}) +
                    command({"CLIENT", "REPLY", "ON"}) + command({"GET", "b"})),
             server("$1\r\n1\r\n" + kOk + "$1\r\n2\r\n")});
  EXPECT_THAT(found.answered(), ElementsAre(3, 6, 7));
}

TEST(Redis, AnswersEachCommandOfATransactionOnce) {
  const Dissected found = dissect_in_every_way(
      make, {client(command({"MULTI"}) + command({"SUBSCRIBE", "a", "b"}) + command({"SET", "k", "1"}) +
                    command({"EXEC"}) + command({"GET", "k"})),
             server(kOk + "+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n+OK\r\n$1\r\n1\r\n")});
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3, 4, 5));
}

TEST(Redis, KeepsTheLinesOfAMonitorApart) {
  const std::string line = "+1339518083.107412 [0 127.0.0.1:60866] \"keys\" \"*\"\r\n";
  const Dissected found = dissect_in_every_way(
      make, {client(command({"MONITOR"})), server(kOk + line + line), client(command({"PING"})),
             server(line + "+PONG\r\n"), client(command({"RESET"}) + command({"GET", "k"})),
             server(line + "+RESET\r\n$1\r\nv\r\n")});
  EXPECT_EQ(found.messages.back().operation, "GET k");
  EXPECT_EQ(found.messages.back().request, 4U);
}

TEST(Redis, StreamsWhatIsLongerThanAHead) {
  const std::string value(500'000, 'x');
  Redis redis;
  const Dissected found =
      dissect(redis,
              {client(command({"SET", "k:1", value}) + command({"MSET", "a", value, "b", value}) +
                      command({"GET", "k:1"})),
               server(kOk + kOk + bulk(value))},
              9'999);
  EXPECT_THAT(found.calls(), ElementsAre("SET k:*", "MSET a", "GET k:*"));
  EXPECT_EQ(found.messages[1].size, command({"MSET", "a", value, "b", value}).size());
  EXPECT_EQ(found.waiting, 0U);
  EXPECT_EQ(found.messages.back().size, value.size() + 11);
  std::vector<std::string> many = {"DEL"};
  many.resize(50'000, "some:key:17");
  EXPECT_THAT(dissect(redis, {client(command(many) + command({"PING"}))}, 9'999).calls(),
              ElementsAre("DEL some:key:*", "PING"));
}

TEST(Redis, WaitsForNoMoreThanAHead) {
  const std::string many = command(std::vector<std::string>(20'000, "x"));
  for (std::size_t size = kHeadBytes; size < kHeadBytes + 40; ++size) {
    Redis redis;
    EXPECT_NE(redis.open(1, nullptr)->next(Way::to_upstream, std::span(many).first(size)).is,
              Piece::Is::incomplete)
        << size;
  }
}

TEST(Redis, HandsReplicationAndTlsThrough) {
  const Dissected replica = dissect_in_every_way(make, {client(command({"PSYNC", "?", "-1"}))});
  EXPECT_EQ(replica.unframed, "replication");
  EXPECT_TRUE(replica.handed_through);
  EXPECT_EQ(dissect_in_every_way(make, {client("\x16\x03\x01…")}).unframed, "TLS");
}

TEST(Redis, DoesNotFrameWhatIsNoRedis) {
  EXPECT_EQ(dissect_in_every_way(make, {client("*1\r\n+PING\r\n")}).unframed,
            "not an argument of a Redis command");
  EXPECT_EQ(dissect_in_every_way(make, {client("*x\r\n")}).unframed, "not the length of a Redis command");
  EXPECT_EQ(dissect_in_every_way(make, {client("*1\r\n$-1\r\n")}).unframed, "not the length of an argument");
  EXPECT_EQ(dissect_in_every_way(make, {client(std::string("\0\0\0\x08", 4))}).unframed,
            "not a Redis command");
  EXPECT_EQ(dissect_in_every_way(make, {server("HTTP/1.1 200 OK\r\n")}).unframed, "not a reply of Redis");
  EXPECT_EQ(dissect_in_every_way(make, {server("$99999999999999999999\r\n")}).unframed,
            "not a reply of Redis");
}

TEST(Redis, LimitsHowDeepAReplyMayNest) {
  std::string deep;
  for (int i = 0; i < 2'000; ++i) {
    deep += "*1\r\n";
  }
  Redis redis;
  EXPECT_EQ(dissect(redis, {server(deep)}, std::string::npos).unframed, "not a reply of Redis");
}

}  // namespace
}  // namespace faultline::protocol::redis
