// The same causes get the same decisions, however their messages interleave: fifty at once over a pool of four
// connections, with noise beside them, twice.

#include <gmock/gmock.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>

#include <atomic>
#include <condition_variable>
#include <set>
#include <thread>

#include "core/table.h"
#include "postgres/server.h"
#include "process/directory.h"
#include "redis/server.h"
#include "stream/causes.h"
#include "stream/proxy.h"
#include "stream/value_causes.h"

namespace faultline::stream {
namespace {

constexpr std::uint64_t kCauses = 50;
constexpr int kCallsEach = 4;

std::string token(std::uint64_t cause) {
  return "token-" + std::to_string(1'000'000 + cause);
}

// By the value in a message, as for a service that passes no trace on; by trace where there is one.
class TestCauses final : public Causes {
 public:
  TestCauses() {
    for (std::uint64_t k = 1; k <= kCauses; ++k) {
      values_.add(k, token(k));
      causes_.push_back({.key = k, .number = k, .in_phase = k, .name = std::to_string(k)});
    }
  }
  Found find(std::string_view dependency, const protocol::Request& request) override {
    const std::uint64_t by_value = values_.find(dependency, request);
    const std::uint64_t k = request.trace.empty() ? by_value : std::stoull(std::string(request.trace));
    return k == 0 ? Found{&background(), fault::Known::background}
                  : Found{&causes_[k - 1], fault::Known::value};
  }

 private:
  ValueCauses values_;
  std::vector<fault::Cause> causes_;
};

// The set of what was decided, by fault point.
class Decisions final : public Observer {
 public:
  void acted(const Action& action) override {
    const std::lock_guard lock(mutex_);
    acted_.insert(action.rule + " " + std::string(action.edge) + " " + action.operation + " " + action.cause +
                  " #" + std::to_string(action.nth) + (action.by_order ? " by order" : ""));
  }
  std::set<std::string> all() {
    const std::lock_guard lock(mutex_);
    return acted_;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> acted_;
};

// Connections that many share, each used by one at a time.
template <typename C>
class Pool {
 public:
  explicit Pool(std::vector<C> connections) : free_(std::move(connections)) {}
  template <typename F>
  void use(F f) {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !free_.empty(); });
    C connection = std::move(free_.back());
    free_.pop_back();
    lock.unlock();
    f(connection);
    lock.lock();
    free_.push_back(std::move(connection));
    returned_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<C> free_;
};

// Each cause on a thread of its own, and two threads that only take time.
template <typename F>
void all_at_once(F act) {
  std::atomic<bool> done = false;
  std::vector<std::thread> noise, causes;
  for (int i = 0; i < 2; ++i) {
    noise.emplace_back([&done] {
      while (!done) {
      }
    });
  }
  for (std::uint64_t k = 1; k <= kCauses; ++k) {
    causes.emplace_back([&act, k] {
      for (int i = 0; i < kCallsEach; ++i) {
        act(k);
      }
    });
  }
  for (std::thread& thread : causes) {
    thread.join();
  }
  done = true;
  for (std::thread& thread : noise) {
    thread.join();
  }
}

// One rule of each trigger that does not depend on order, with what it injects.
RuleSet rules(const std::string& protocol, const std::string& inject, const std::string& match) {
  RuleSet set;
  Diagnostics problems;
  for (const std::string when :
       {R"({ first = 2, of = "cause" })", R"({ every = 3, of = "arrivals" })", R"({ probability = "30%" })",
        R"({ after = 10, at_most = 20, of = "arrivals" })", R"({ nth = 3, of = "cause" })",
        R"({ every = 2, at_most = 1, of = "cause", probability = "70%" })"}) {
    std::string text = "fault = { match = ";
    text.append(match).append(", when = ").append(when).append(", inject = ").append(inject).append(" }");
    Table root = Table::parse(text, "rule", problems);
    for (Table& table : root.tables("fault")) {
      set.on.push_back(*fault::read_rule(table, {{"test", protocol}}, "when " + when));
    }
  }
  EXPECT_TRUE(problems.empty());
  return set;
}

struct Run {
  std::set<std::string> decisions;
  std::map<std::string, std::size_t> of_rule;
};

void expect_equal(const Run& a, const Run& b) {
  EXPECT_EQ(a.decisions, b.decisions);
  EXPECT_EQ(a.of_rule.size(), 6U) << "each rule acts";
  for (const auto& [rule, times] : a.of_rule) {
    EXPECT_GE(times, kCauses * kCallsEach / 5) << rule;
    EXPECT_LE(times, kCauses * kCallsEach * 4 / 5) << rule;
  }
}

template <typename Act>
Run run(std::uint16_t server, const std::string& protocol, const RuleSet& set, Act act) {
  TestCauses causes;
  Decisions decisions;
  const auto carrier = transport::make(transport::Kind::automatic, "proxy");
  ProxyOptions options;
  options.name = "test";
  options.upstream.port = server;
  options.protocol = protocol;
  options.causes = &causes;
  Proxy proxy(*carrier, options, decisions);
  proxy.apply(set);
  act(proxy.port());
  Run result{decisions.all(), {}};
  for (const std::string& decision : result.decisions) {
    EXPECT_EQ(decision.find("by order"), std::string::npos);
    ++result.of_rule[decision.substr(0, decision.find('}'))];
  }
  return result;
}

TEST(Decisions, AreTheSameForRedisHoweverFiftyCausesInterleave) {
  process::Guardian guardian;
  const process::Directory directory(guardian, "decisions");
  const redis::Server server(guardian, redis::Options{.log = directory.path() / "redis.log"});
  using Connection = std::unique_ptr<redisContext, decltype(&redisFree)>;
  // Delays, so that every rule is seen to act: of effects the first would hide the others.
  const RuleSet set = rules("redis", R"({ delay = { by = "100us" } })", R"({ command = "SET" })");
  const auto once = [&] {
    return run(server.port(), "redis", set, [](std::uint16_t port) {
      std::vector<Connection> connections;
      connections.reserve(4);
      for (int i = 0; i < 4; ++i) {
        connections.emplace_back(redisConnect("127.0.0.1", port), &redisFree);
      }
      Pool<Connection> pool(std::move(connections));
      all_at_once([&pool](std::uint64_t k) {
        pool.use([k](Connection& connection) {
          freeReplyObject(redisCommand(connection.get(), "SET response:%s 1", token(k).c_str()));
        });
      });
    });
  };
  expect_equal(once(), once());
}

TEST(Decisions, AreTheSameForPostgresHoweverFiftyCausesInterleave) {
  process::Guardian guardian;
  const process::Directory directory(guardian, "decisions");
  const postgres::Server server(guardian, postgres::Options{.log = directory.path() / "postgres.log"});
  using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
  const RuleSet set = rules("postgres", R"({ slow_query = { by = "100us" } })", R"({ kind = "SELECT" })");
  const auto once = [&] {
    return run(server.port(), "postgres", set, [](std::uint16_t port) {
      std::vector<Connection> connections;
      connections.reserve(4);
      for (int i = 0; i < 4; ++i) {
        connections.emplace_back(PQconnectdb(postgres::Server::url_at(port).c_str()), &PQfinish);
      }
      Pool<Connection> pool(std::move(connections));
      all_at_once([&pool](std::uint64_t k) {
        pool.use([k](Connection& connection) {
          const std::string value = token(k);
          const char* values[] = {value.c_str()};
          PQclear(PQexecParams(connection.get(), "SELECT $1::text", 1, nullptr, values, nullptr, nullptr, 0));
        });
      });
    });
  };
  expect_equal(once(), once());
}

}  // namespace
}  // namespace faultline::stream
