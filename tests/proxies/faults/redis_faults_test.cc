// Redis's faults, through hiredis: what the client saw, what the server did, and that the connection goes on.

#include <gmock/gmock.h>
#include <hiredis/hiredis.h>

#include "fronted.h"
#include "process/directory.h"
#include "redis/server.h"

namespace faultline::stream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

std::string text(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_NIL:
      return "nil";
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_ARRAY: {
      std::string all = "[";
      for (std::size_t i = 0; i < reply.elements; ++i) {
        all += (i > 0 ? " " : "") + text(*reply.element[i]);
      }
      return all + "]";
    }
    default:
      return std::string(reply.str, static_cast<std::size_t>(reply.len));
  }
}

class Client {
 public:
  explicit Client(std::uint16_t port) : context_(redisConnect("127.0.0.1", port), &redisFree) {
    redisSetTimeout(context_.get(), {5, 0});
  }

  void send(const std::string& command) { redisAppendCommand(context_.get(), command.c_str()); }
  void flush() {
    for (int done = 0; done == 0;) {
      redisBufferWrite(context_.get(), &done);
    }
  }
  std::string receive() {
    redisReply* reply = nullptr;
    if (redisGetReply(context_.get(), reinterpret_cast<void**>(&reply)) != REDIS_OK) {
      return std::string("(") + context_->errstr + ")";
    }
    const std::unique_ptr<redisReply, decltype(&freeReplyObject)> owned(reply, &freeReplyObject);
    return text(*reply);
  }
  std::string ask(const std::string& command) {
    send(command);
    return receive();
  }

 private:
  std::unique_ptr<redisContext, decltype(&redisFree)> context_;
};

constexpr const char* kLost = "(Connection reset by peer)";
constexpr const char* kReadOnly = "READONLY You can't write against a read only replica.";

class RedisFaults : public testing::TestWithParam<transport::Kind> {
 protected:
  static void SetUpTestSuite() {
    guardian_ = std::make_unique<process::Guardian>();
    directory_ = std::make_unique<process::Directory>(*guardian_, "faults");
    server_ =
        std::make_unique<redis::Server>(*guardian_, redis::Options{.log = directory_->path() / "redis.log"});
  }
  static void TearDownTestSuite() {
    server_.reset();
    directory_.reset();
    guardian_.reset();
  }
  void SetUp() override {
    direct("FLUSHALL");
    direct("CONFIG RESETSTAT");
  }

  static std::string direct(const std::string& command) { return Client(server_->port()).ask(command); }
  // How often the server executed a command.
  static std::string calls(const std::string& command) {
    const std::string stats = direct("INFO commandstats");
    const std::string key = "cmdstat_" + command + ":calls=";
    const std::size_t at = stats.find(key);
    return at == std::string::npos ? "0"
                                   : stats.substr(at + key.size(), stats.find(',', at) - at - key.size());
  }
  static Fronted fronted(std::initializer_list<std::string> rules) {
    return {GetParam(), server_->port(), "redis", rules};
  }

  static std::unique_ptr<process::Guardian> guardian_;
  static std::unique_ptr<process::Directory> directory_;
  static std::unique_ptr<redis::Server> server_;
};
std::unique_ptr<process::Guardian> RedisFaults::guardian_;
std::unique_ptr<process::Directory> RedisFaults::directory_;
std::unique_ptr<redis::Server> RedisFaults::server_;
INSTANTIATE_TEST_SUITE_P(On, RedisFaults, each_transport(), transport_name);

TEST_P(RedisFaults, ErrorTakesThePlaceOfTheRightReplyOfAPipelineAndTheServerNeverSeesTheCommand) {
  Fronted proxy =
      fronted({R"(match = { command = "SET", key = "b" }, inject = { error = { kind = "READONLY" } })"});
  Client client(proxy.port());
  for (const char* command : {"SET a 1", "SET b 2", "GET a", "INCR n", "SET b 3", "GET b"}) {
    client.send(command);
  }
  EXPECT_EQ(client.receive(), "OK");
  EXPECT_EQ(client.receive(), kReadOnly);
  EXPECT_EQ(client.receive(), "1");
  EXPECT_EQ(client.receive(), "1");
  EXPECT_EQ(client.receive(), kReadOnly);
  EXPECT_EQ(client.receive(), "nil");
  EXPECT_EQ(calls("set"), "1");
  EXPECT_EQ(client.ask("SET c 1"), "OK") << "the connection goes on";
  EXPECT_THAT(proxy.acted(), ElementsAre("error request SET b #1", "error request SET b #2"));
  EXPECT_THAT(proxy.unframed(), IsEmpty());
}

TEST_P(RedisFaults, ErrorOfALargeValueSwallowsAllOfIt) {
  Fronted proxy = fronted({R"(match = { command = "SET" }, inject = { error = { kind = "OOM" } })"});
  Client client(proxy.port());
  EXPECT_THAT(client.ask("SET big " + std::string(3'000'000, 'x')), StartsWith("OOM "));
  EXPECT_EQ(client.ask("EXISTS big"), "0");
}

TEST_P(RedisFaults, EachKindIsWordedAsTheServerDoes) {
  for (const auto& [kind, begins] :
       std::initializer_list<std::pair<std::string, std::string>>{{"LOADING", "LOADING Redis is loading"},
                                                                  {"MISCONF", "MISCONF Redis is configured"},
                                                                  {"CLUSTERDOWN", "CLUSTERDOWN "},
                                                                  {"TRYAGAIN", "TRYAGAIN "},
                                                                  {"MOVED", "MOVED 3999 "},
                                                                  {"MASTERDOWN", "MASTERDOWN Link"},
                                                                  {"NOAUTH", "NOAUTH Auth"},
                                                                  {"BUSY", "BUSY Redis"}}) {
    Fronted proxy = fronted({"inject = { error = { kind = \"" + kind + "\" } }"});
    EXPECT_THAT(Client(proxy.port()).ask("GET a"), StartsWith(begins));
  }
  Fronted proxy = fronted({R"(inject = { error = { text = "ERR of my own" } })"});
  EXPECT_EQ(Client(proxy.port()).ask("GET a"), "ERR of my own");
  EXPECT_EQ(calls("get"), "0");
}

TEST_P(RedisFaults, ErrorInMultiMakesTheExecAbort) {
  Fronted proxy =
      fronted({R"(match = { command = "SET", key = "b" }, inject = { error = { kind = "READONLY" } })"});
  Client client(proxy.port());
  EXPECT_EQ(client.ask("MULTI"), "OK");
  EXPECT_EQ(client.ask("SET a 1"), "QUEUED");
  EXPECT_EQ(client.ask("SET b 1"), kReadOnly);
  EXPECT_EQ(client.ask("SET c 1"), "QUEUED");
  EXPECT_THAT(client.ask("EXEC"), StartsWith("EXECABORT"));
  EXPECT_EQ(direct("EXISTS a b c"), "0") << "nothing of it was executed";
  EXPECT_EQ(client.ask("SET a 2"), "OK") << "and the transaction is over";
}

TEST_P(RedisFaults, ErrorOfExecDiscardsTheTransaction) {
  Fronted proxy = fronted({R"(match = { command = "EXEC" }, inject = { error = { kind = "OOM" } })"});
  Client client(proxy.port());
  client.ask("MULTI");
  client.ask("INCR n");
  EXPECT_THAT(client.ask("EXEC"), StartsWith("EXECABORT Transaction discarded because of: OOM"));
  EXPECT_EQ(client.ask("INCR n"), "1") << "it was not executed, and this is no part of a transaction";
}

TEST_P(RedisFaults, AbortExecLooksLikeAWatchedKeyThatChanged) {
  Fronted proxy = fronted(
      {R"(when = { first = 1, of = "run" }, inject = { abort_exec = {} }, match = { command = "EXEC" })"});
  Client client(proxy.port());
  client.ask("MULTI");
  client.ask("INCR n");
  EXPECT_EQ(client.ask("EXEC"), "nil");
  client.ask("MULTI");
  client.ask("INCR n");
  EXPECT_EQ(client.ask("EXEC"), "[1]") << "the retry is the first that counts";
}

TEST_P(RedisFaults, LoseAnswerExecutesAndResets) {
  Fronted proxy = fronted({R"(match = { command = "INCR" }, inject = { lose_answer = {} })"});
  Client client(proxy.port());
  client.send("SET a 1");
  client.send("INCR n");
  EXPECT_EQ(client.receive(), "OK") << "what was answered before still comes";
  EXPECT_EQ(client.receive(), kLost);
  EXPECT_EQ(direct("GET n"), "1") << "it was executed";
  EXPECT_EQ(Client(proxy.port()).ask("GET n"), "1") << "the next connection works";
  EXPECT_THAT(proxy.acted(), ElementsAre("lose_answer response INCR n #1"));
}

TEST_P(RedisFaults, MissFindsNothingInEachKindOfReply) {
  direct("MSET a 1 b 2");
  direct("HSET h f v");
  direct("RPUSH l x");
  direct("SADD s x");
  Fronted proxy = fronted({"inject = { miss = {} }"});
  Client client(proxy.port());
  EXPECT_EQ(client.ask("GET a"), "nil");
  EXPECT_EQ(client.ask("MGET a b"), "[nil nil]");
  EXPECT_EQ(client.ask("HMGET h f g"), "[nil nil]");
  EXPECT_EQ(client.ask("HGETALL h"), "[]");
  EXPECT_EQ(client.ask("LRANGE l 0 -1"), "[]");
  EXPECT_EQ(client.ask("SMEMBERS s"), "[]");
  EXPECT_EQ(client.ask("EXISTS a"), "0");
  EXPECT_EQ(client.ask("TTL a"), "-2");
  EXPECT_EQ(client.ask("TYPE a"), "none");
  EXPECT_EQ(client.ask("INCR a"), "2") << "a write is no read";
  EXPECT_THAT(client.ask("GET h"), StartsWith("WRONGTYPE")) << "an error is none either";
  EXPECT_EQ(calls("get"), "2") << "it was executed";
}

TEST_P(RedisFaults, StaleGivesWhatAnEqualReadGotBefore) {
  const std::string stale = R"(match = { command = "GET" }, inject = { stale = {} })";
  Fronted proxy = fronted({});
  proxy.apply({}, {stale});
  Client client(proxy.port());
  client.ask("SET a old");
  EXPECT_EQ(client.ask("GET a"), "old") << "the rule is off, but what it may want is remembered";
  client.ask("SET a new");
  proxy.apply({stale});
  EXPECT_EQ(client.ask("GET a"), "old");
  EXPECT_EQ(client.ask("GET a"), "old") << "and again";
  EXPECT_EQ(client.ask("GET b"), "nil") << "of this there is nothing older";
  EXPECT_THAT(proxy.acted(), ElementsAre("stale response GET a #2", "stale response GET a #3"));
}

TEST_P(RedisFaults, StaleSaysThatAReplyIsTooLongForIt) {
  const std::string stale = R"(match = { command = "GET" }, inject = { stale = {} })";
  Fronted proxy = fronted({stale});
  Client client(proxy.port());
  const std::string big(100'000, 'x');
  client.ask("SET a " + big);
  EXPECT_EQ(client.ask("GET a"), big);
  EXPECT_THAT(proxy.acted(), ElementsAre("too long: stale GET a #1"));
  EXPECT_EQ(client.ask("GET b"), "nil") << "and the connection goes on";
}

TEST_P(RedisFaults, DelayOnEitherEdgeKeepsTheOrder) {
  for (const std::string edge : {"request", "response"}) {
    Fronted proxy = fronted(
        {"edge = \"" + edge + R"(", match = { command = "GET" }, inject = { delay = { by = "100ms" } })"});
    Client client(proxy.port());
    const auto began = std::chrono::steady_clock::now();
    client.send("SET a 1");
    client.send("GET a");
    client.send("INCR n");
    EXPECT_EQ(client.receive(), "OK");
    EXPECT_EQ(client.receive(), "1");
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(100));
    EXPECT_THAT(client.receive(), testing::AnyOf("1", "2"));
    EXPECT_THAT(proxy.acted(), ElementsAre("delay " + edge + " GET a #1"));
  }
}

TEST_P(RedisFaults, CutOfARequestLeavesTheServerWithoutIt) {
  Fronted proxy = fronted({R"(edge = "request", match = { command = "INCR" }, inject = { cut = {} })"});
  Client client(proxy.port());
  EXPECT_EQ(client.ask("INCR n"), kLost);
  EXPECT_EQ(direct("EXISTS n"), "0");
}

TEST_P(RedisFaults, CutInTheMiddleOfAReply) {
  direct("SET a 0123456789");
  Fronted proxy =
      fronted({R"(match = { command = "GET" }, inject = { cut = { how = "fin", after = "8B" } })"});
  Client client(proxy.port());
  EXPECT_EQ(client.ask("GET a"), "(Server closed the connection)");
  EXPECT_EQ(calls("get"), "1");
}

TEST_P(RedisFaults, HangOfAReplyEndsWhenItIsLifted) {
  Fronted proxy = fronted({R"(match = { command = "GET" }, edge = "response", inject = { hang = {} })"});
  Client client(proxy.port());
  client.send("GET a");
  client.send("INCR n");
  client.flush();
  for (int looks = 0; direct("GET n") != "1"; ++looks) {
    ASSERT_LT(looks, 100'000) << "the command did not reach the server";
  }
  for (int looks = 0; proxy.acted().empty(); ++looks) {
    ASSERT_LT(looks, 100'000'000) << "the reply did not reach the proxy";
  }
  EXPECT_THAT(proxy.acted(), ElementsAre("hang response GET a #1"));
  proxy.apply({});
  EXPECT_EQ(client.receive(), "nil");
  EXPECT_EQ(client.receive(), "1");
}

TEST_P(RedisFaults, CorruptFlipsABitOfAReply) {
  direct("SET a 0123456789");
  Fronted proxy = fronted({R"(match = { command = "GET" }, inject = { corrupt = { nth_byte = 6 } })"});
  EXPECT_EQ(Client(proxy.port()).ask("GET a"), "1123456789");
}

TEST_P(RedisFaults, MatchesByEveryKeyByArgumentByDatabaseAndWithinMulti) {
  Fronted proxy = fronted(
      {R"(match = { key = "job:*" }, inject = { error = { text = "ERR key" } })",
       R"(match = { arguments = "secret" }, inject = { error = { text = "ERR argument" } })",
       R"(match = { database = 3 }, inject = { error = { text = "ERR database" } })",
       R"(match = { in_multi = true, command = "DEL" }, inject = { error = { text = "ERR multi" } })"});
  Client client(proxy.port());
  EXPECT_EQ(client.ask("MGET a job:7"), "ERR key") << "the second key";
  EXPECT_EQ(client.ask("EVAL return(1) 2 a job:8"), "ERR key") << "counted keys";
  EXPECT_EQ(client.ask("BLPOP job:1 b 1"), "ERR key") << "the last argument is none";
  EXPECT_EQ(client.ask("SET a secret"), "ERR argument");
  EXPECT_EQ(client.ask("SET job a"), "OK");
  EXPECT_EQ(client.ask("DEL job"), "1");
  client.ask("MULTI");
  EXPECT_EQ(client.ask("DEL job"), "ERR multi");
  client.ask("DISCARD");
  EXPECT_EQ(client.ask("SELECT 3"), "OK");
  EXPECT_EQ(client.ask("GET a"), "ERR database");
}

TEST_P(RedisFaults, RulesAreSwitchedBetweenMessagesWithoutDroppingAConnection) {
  Fronted proxy = fronted({});
  Client client(proxy.port());
  for (int i = 1; i <= 20; ++i) {
    EXPECT_EQ(client.ask("INCR n"), std::to_string(i));
    proxy.apply({R"(inject = { error = { kind = "BUSY" } })"});
    EXPECT_THAT(client.ask("INCR n"), StartsWith("BUSY"));
    proxy.apply({});
  }
}

}  // namespace
}  // namespace faultline::stream
