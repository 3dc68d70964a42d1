// Redis's clients do not notice the proxy.

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <poll.h>

#include <algorithm>
#include <sstream>

#include "behind.h"
#include "process/directory.h"
#include "protocol/redis/commands.h"
#include "redis/server.h"

namespace faultline::stream {
namespace {

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

Context connect(std::uint16_t port) {
  return {redisConnect("127.0.0.1", port), &redisFree};
}

std::string text(const redisReply* reply) {
  if (!reply) {
    return "(no reply)";
  }
  std::string all = std::to_string(reply->type) + ":";
  if (reply->type == REDIS_REPLY_INTEGER) {
    all += std::to_string(reply->integer);
  } else if (reply->type == REDIS_REPLY_ARRAY) {
    for (std::size_t i = 0; i < reply->elements; ++i) {
      all += "[" + text(reply->element[i]) + "]";
    }
  } else if (reply->str) {
    all.append(reply->str, static_cast<std::size_t>(reply->len));
  }
  return all;
}

class RedisClients : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    guardian_ = std::make_unique<process::Guardian>();
    directory_ = std::make_unique<process::Directory>(*guardian_, "clients");
    server_ =
        std::make_unique<redis::Server>(*guardian_, redis::Options{.log = directory_->path() / "redis.log"});
  }
  static void TearDownTestSuite() {
    server_.reset();
    directory_.reset();
    guardian_.reset();
  }

  static std::string ask(const char* command) {
    const Context context = connect(server_->port());
    return text(
        Reply(static_cast<redisReply*>(redisCommand(context.get(), command)), &freeReplyObject).get());
  }
  static void empty() { ask("FLUSHALL"); }
  static void same(const std::string& line) {
    expect_the_same(server_->port(), "redis", empty, [&](std::uint16_t port) {
      const Outcome outcome =
          shell(line, {{"PORT", std::to_string(port)}, {"URL", "redis://127.0.0.1:" + std::to_string(port)}});
      return std::to_string(outcome.status) + "\n" + outcome.said;
    });
  }

  static std::unique_ptr<process::Guardian> guardian_;
  static std::unique_ptr<process::Directory> directory_;
  static std::unique_ptr<redis::Server> server_;
};

std::unique_ptr<process::Guardian> RedisClients::guardian_;
std::unique_ptr<process::Directory> RedisClients::directory_;
std::unique_ptr<redis::Server> RedisClients::server_;

TEST_F(RedisClients, RedisCliGetsTheSameInResp2AndResp3) {
  for (const std::string version : {"-2", "-3"}) {
    same("redis-cli " + version + " -p $PORT < redis.txt");
  }
}

TEST_F(RedisClients, RedisCliPipesManyCommandsIn) {
  same(
      "seq 1 20000 | sed 's/.*/SET key:& \"value &\"/' | redis-cli -p $PORT --pipe && redis-cli -p $PORT "
      "DBSIZE");
}

TEST_F(RedisClients, NpmRedisGetsTheSameWithResp3AndPushes) {
  same("node redis.mjs $URL");
}

TEST_F(RedisClients, NpmIoredisAndBullmqGetTheSame) {
  same("node --no-warnings ioredis.mjs $URL");
}

// The calls of each command, as INFO commandstats has them, in lower case with a bar before a subcommand.
std::map<std::string, std::uint64_t> commandstats(const std::string& info) {
  std::map<std::string, std::uint64_t> calls;
  std::istringstream lines(info);
  const std::string prefix = "cmdstat_";
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(prefix), end = line.find(":calls=");
    if (at != std::string::npos && end != std::string::npos) {
      const std::size_t name = at + prefix.size();
      calls[line.substr(name, end - name)] = std::stoull(line.substr(end + 7));
    }
  }
  return calls;
}

TEST_F(RedisClients, RedisBenchmarkIsCountedAsTheServerCounts) {
  for (const Way& way : ways()) {
    SCOPED_TRACE(way.name);
    const Behind behind(server_->port(), "redis", way.kind, way.rechunked);
    ask("CONFIG RESETSTAT");
    const std::string requests = way.rechunked ? "300" : "3000";
    for (const std::string options : {"", "-P 16", "-t get,set,lrange -r 1000 -3"}) {
      const Outcome outcome = shell("redis-benchmark -q -n $N -c 20 -p $PORT " + options,
                                    {{"N", requests}, {"PORT", std::to_string(behind.port())}});
      EXPECT_EQ(outcome.status, 0) << outcome.said;
    }
    behind.expect_framed();
    std::map<std::string, std::uint64_t> counted;
    for (const auto& [operation, calls] : behind.calls()) {
      std::string name = operation.substr(0, operation.find(' '));
      if (name == "CONFIG") {
        name = "CONFIG|GET";
      }
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return static_cast<char>(std::tolower(c)); });
      counted[name] += calls;
    }
    auto at_server = commandstats(ask("INFO commandstats"));
    at_server.erase("config|resetstat");  // our own
    EXPECT_EQ(counted, at_server);
    EXPECT_GE(counted["lrange"], 5U * std::stoull(requests));
  }
}

// Many commands sent before their replies are read.
std::string pipelined(std::uint16_t port) {
  const Context context = connect(port);
  std::string got;
  for (int i = 0; i < 500; ++i) {
    redisAppendCommand(context.get(), "SET key:%d %d", i, i);
    redisAppendCommand(context.get(), "INCR key:%d", i);
    redisAppendCommand(context.get(), "LPUSH list %b", "with\0zero", static_cast<std::size_t>(9));
  }
  redisAppendCommand(context.get(), "LRANGE list 0 -1");
  redisAppendCommand(context.get(), "WRONG");
  redisAppendCommand(context.get(), "MULTI");
  redisAppendCommand(context.get(), "GET key:7");
  redisAppendCommand(context.get(), "EXEC");
  for (int i = 0; i < 1'505; ++i) {
    redisReply* reply = nullptr;
    if (redisGetReply(context.get(), reinterpret_cast<void**>(&reply)) != REDIS_OK) {
      return got + context->errstr;
    }
    got += text(Reply(reply, &freeReplyObject).get()) + "\n";
  }
  return got;
}

TEST_F(RedisClients, HiredisGetsTheSameOfAPipeline) {
  expect_the_same(
      server_->port(), "redis", [] { RedisClients::empty(); }, pipelined);
}

// hiredis's asynchronous interface on a loop of poll(2).
class Asynchronous {
 public:
  explicit Asynchronous(std::uint16_t port) : context_(redisAsyncConnect("127.0.0.1", port)) {
    context_->ev.data = this;
    context_->ev.addRead = [](void* self) { of(self).wanted_ |= POLLIN; };
    context_->ev.delRead = [](void* self) { of(self).wanted_ &= ~POLLIN; };
    context_->ev.addWrite = [](void* self) { of(self).wanted_ |= POLLOUT; };
    context_->ev.delWrite = [](void* self) { of(self).wanted_ &= ~POLLOUT; };
    context_->ev.cleanup = [](void* self) { of(self).wanted_ = 0; };
    redisAsyncSetDisconnectCallback(
        context_, [](const redisAsyncContext* context, int) { of(context->ev.data).gone_ = true; });
    // The first write finds the connection made.
    wanted_ = POLLOUT;
  }

  void send(const std::string& command) {
    redisAsyncCommand(
        context_,
        [](redisAsyncContext* context, void* reply, void*) {
          if (reply) {
            of(context->ev.data).got_ += text(static_cast<redisReply*>(reply)) + "\n";
          }
        },
        nullptr, command.c_str());
  }

  // Everything that was answered until the connection has ended.
  std::string finish() {
    redisAsyncDisconnect(context_);
    while (!gone_ && wanted_ != 0) {
      pollfd socket{context_->c.fd, static_cast<short>(wanted_), 0};
      if (poll(&socket, 1, 5'000) <= 0) {
        return got_ + "(nothing happens)";
      }
      if ((socket.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && (wanted_ & POLLIN) != 0) {
        redisAsyncHandleRead(context_);
      }
      if (!gone_ && (socket.revents & POLLOUT) != 0) {
        redisAsyncHandleWrite(context_);
      }
    }
    return got_;
  }

 private:
  static Asynchronous& of(void* self) { return *static_cast<Asynchronous*>(self); }

  redisAsyncContext* context_;  // frees itself when it disconnects
  int wanted_ = 0;
  bool gone_ = false;
  std::string got_;
};

std::string asynchronously(std::uint16_t port) {
  Asynchronous client(port);
  for (int i = 0; i < 300; ++i) {
    client.send("INCR counter:" + std::to_string(i % 7));
    client.send("LPUSH list " + std::string(static_cast<std::size_t>(i), 'x'));
  }
  client.send("LRANGE list 0 -1");
  client.send("WRONG");
  return client.finish();
}

TEST_F(RedisClients, HiredisGetsTheSameAsynchronously) {
  expect_the_same(
      server_->port(), "redis", [] { RedisClients::empty(); }, asynchronously);
}

// Of a map, as RESP2 has it: a name and a value in turn.
const redisReply* field(const redisReply* map, const std::string& name) {
  for (std::size_t i = 0; map && i + 1 < map->elements; i += 2) {
    if (map->element[i]->str && name == map->element[i]->str) {
      return map->element[i + 1];
    }
  }
  return nullptr;
}
int number(const redisReply* map, const std::string& name) {
  const redisReply* found = field(map, name);
  return found ? static_cast<int>(found->integer) : 0;
}
std::string word(const redisReply* map, const std::string& name) {
  const redisReply* found = field(map, name);
  return found && found->str ? found->str : "";
}

// Where a command's keys are, as the server describes it ("Key specifications"): the first specification.
protocol::redis::Keys described(const redisReply* command) {
  using Keys = protocol::redis::Keys;
  constexpr std::size_t kSpecifications = 8, kSubcommands = 9;
  if (command->element[kSubcommands]->elements > 0) {
    return {Keys::Kind::container};
  }
  if (command->element[kSpecifications]->elements == 0) {
    return {};
  }
  const redisReply* specification = command->element[kSpecifications]->element[0];
  const redisReply *begin = field(specification, "begin_search"), *find = field(specification, "find_keys");
  if (word(begin, "type") == "keyword") {
    return {Keys::Kind::streams, 1, -1, 1};
  }
  const int first = number(field(begin, "spec"), "index");
  const redisReply* how = field(find, "spec");
  if (word(find, "type") == "keynum") {
    return {Keys::Kind::counted, first + number(how, "firstkey"), first + number(how, "keynumidx"),
            number(how, "keystep")};
  }
  const int last = number(how, "lastkey");
  return {Keys::Kind::range, first, last < 0 ? last : first + last, number(how, "keystep")};
}

std::string to_text(const protocol::redis::Keys& keys) {
  return std::to_string(static_cast<int>(keys.kind)) + " " + std::to_string(keys.first) + " " +
         std::to_string(keys.last) + " " + std::to_string(keys.step);
}

TEST_F(RedisClients, TheServerHasTheKeysWhereTheTableOfCommandsHasThem) {
  const Context context = connect(server_->port());
  const Reply commands(static_cast<redisReply*>(redisCommand(context.get(), "COMMAND")), &freeReplyObject);
  std::size_t compared = 0;
  const auto compare = [&](const redisReply* command) {
    std::string name = command->element[0]->str;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c == '|' ? ' ' : static_cast<char>(std::toupper(c)); });
    EXPECT_EQ(to_text(protocol::redis::keys_of(name)), to_text(described(command))) << name;
    ++compared;
  };
  for (std::size_t i = 0; i < commands->elements; ++i) {
    compare(commands->element[i]);
    const redisReply* subcommands = commands->element[i]->element[9];
    for (std::size_t j = 0; j < subcommands->elements; ++j) {
      compare(subcommands->element[j]);
    }
  }
  EXPECT_GT(compared, 300U);
}

}  // namespace
}  // namespace faultline::stream
