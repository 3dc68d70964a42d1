// Whose a message is, told by the values in it alone, scored against the log of a service that passes no trace on but
// knows for whom it works.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "command.h"

namespace faultline::e2e {
namespace {

using nlohmann::json;

constexpr const char* kScenario = R"(
[scenario]
name    = "attribution"
observe = "all"
[service]
use = "settler"
env = { TRACE_PROPAGATION = "0", LOG_DEBUG = "1" }
[dependency.postgres]
background = ["UPDATE executions e SET *", "INSERT INTO audit_logs *"]
[dependency.redis]
[dependency.stripe]
[dependency.shopify]
[[load]]
flow = "own"
rate = "30/s"
[[phase]]
name = "only"
for  = "5s"
)";

// What it makes, runs and reads is its own; it is under way for about two seconds, so there are more than 50 at a time.
constexpr const char* kFlow = R"(
[flow]
name    = "own"
headers = { "X-API-Key" = "${api_key}" }
[flow.data]
token  = { hex = 12 }
name   = { text = "job-${token}" }
tenant = { pick = ["tenant-a", "tenant-b", "tenant-c", "tenant-d"] }
[[journey]]
name = "make and run"
[[journey.step]]
request = "POST /api/v1/jobs"
json    = '''{
  "name": "${name}",
  "source": { "adapter": "stripe", "config": { "apiKey": "sk_test_load_test" } },
  "target": { "adapter": "shopify", "config": { "apiKey": "test_shopify_key", "shopDomain": "test-shop.myshopify.com" } },
  "rules": { "matching": [{ "field": "order_id", "type": "exact" }] }
}'''
capture = { jobId = "/data/id" }
[[journey.step]]
request = "POST /api/v1/jobs/${jobId}/run"
capture = { executionId = "/data/executionId" }
[[journey.step]]
think = "1s"
[[journey.step]]
request = "GET /api/v1/jobs/${jobId}"
[[journey.step]]
think = "1s"
[[journey.step]]
request = "GET /api/v1/jobs/${jobId}/executions"
[[journey.step]]
request = "GET /api/v1/reports/${jobId}?format=json"
expect  = [200, 404]
[[journey.step]]
request = "GET /api/v1/jobs?limit=20&page=1"
)";

// Of a message, as both the log and the proxies tell it: dependency, arrival, and what was asked.
using Message = std::tuple<std::string, std::uint64_t, std::string>;
using Messages = std::map<Message, int>;

std::string words(const std::string& text, int count) {
  std::istringstream in(text);
  std::string all;
  for (std::string word; count > 0 && in >> word; --count) {
    all += (all.empty() ? "" : " ") + word;
  }
  return all;
}

std::string asked(const std::string& dependency, const std::string& operation) {
  return dependency == "postgres" ? words(operation, 3)
         : dependency == "redis"  ? operation.substr(0, operation.find_last_of(':'))
                                  : operation;
}

// It bears nothing that is of one arrival: what opens a transaction, lists of a tenant, its limits, the digest by which a
// repeat would be known, and what is fetched for all. The COMMIT of a list bears none either.
bool bears_a_value(const Message& message) {
  const auto& [dependency, arrival, operation] = message;
  return dependency != "stripe" && dependency != "shopify" && operation != "BEGIN" &&
         operation != "SELECT id, tenant," && !operation.starts_with("EVAL rl") &&
         operation != "EVAL dedup" && operation.find("cache:charges") == std::string::npos &&
         operation.find("cache:orders") == std::string::npos;
}

template <typename F>
void each_line(const std::filesystem::path& path, F take) {
  std::istringstream in(text_of(path));
  for (std::string line; std::getline(in, line);) {
    if (const json parsed = json::parse(line, nullptr, false); parsed.is_object()) {
      take(parsed);
    }
  }
}

std::string trace_id(const std::string& traceparent) {
  return traceparent.size() > 35 ? traceparent.substr(3, 32) : "";
}

Messages in_the_log(const std::filesystem::path& run) {
  std::map<std::string, std::uint64_t> arrivals;
  each_line(run / "plan.ndjson",
            [&](const json& arrival) { arrivals[trace_id(arrival.at("traceparent"))] = arrival.at("k"); });
  Messages messages;
  each_line(run / "logs/service.log", [&](const json& line) {
    const auto arrival = arrivals.find(trace_id(line.value("traceparent", "")));
    if (line.value("level", "") != "debug" || arrival == arrivals.end()) {
      return;
    }
    const std::string kind = line.at("msg");
    if (kind == "postgres") {
      ++messages[{"postgres", arrival->second, asked("postgres", line.at("statement"))}];
    } else if (kind == "redis") {
      const std::string command = line.at("command"), key = line.at("key");
      ++messages[{"redis", arrival->second, asked("redis", command + " " + key)}];
    } else {
      const std::string path = line.at("path");
      ++messages[{path.starts_with("/v1/") ? "stripe" : "shopify", arrival->second, "GET " + path}];
    }
  });
  return messages;
}

Messages at_the_proxies(const std::filesystem::path& run) {
  Messages messages;
  each_line(run / "journal.ndjson", [&](const json& record) {
    if (record.at("kind") == "fault_point" && record.at("cause") != "background") {
      EXPECT_EQ(record.at("known"), "value");
      const std::string dependency = record.at("dependency"), cause = record.at("cause");
      ++messages[{dependency, std::stoull(cause), asked(dependency, record.at("operation"))}];
    }
  });
  return messages;
}

struct Score {
  int all = 0, bear = 0, found = 0, wrong = 0;
};

TEST(Attribution, ByValueIsNeverWrongAndFindsNearlyAllThatBearOne) {
  const Scratch scratch;
  scratch.write("flows/own.toml", kFlow);
  const std::filesystem::path out = scratch / "run";
  const Said said = run({"run", scratch.write("s.toml", kScenario), "--out", out.string()});
  ASSERT_EQ(said.status, 0) << said.out << said.err;

  const Messages truth = in_the_log(out), told = at_the_proxies(out);
  std::map<std::string, Score> scores;
  for (const auto& [message, count] : truth) {
    const auto& [dependency, arrival, operation] = message;
    Score& score = scores[dependency];
    score.all += count;
    score.bear += bears_a_value(message) ? count : 0;
    score.bear -= operation == "SELECT id, tenant," ? count : 0;  // its COMMIT
    const auto found = told.find(message);
    score.found += found == told.end() ? 0 : std::min(count, found->second);
  }
  for (const auto& [message, count] : told) {
    const auto known = truth.find(message);
    scores[std::get<0>(message)].wrong += std::max(0, count - (known == truth.end() ? 0 : known->second));
  }
  for (const auto& [dependency, score] : scores) {
    std::cout << fmt::format("{:<9} {:>5} messages of arrivals, {:>5} bear a value, {:>5} found, {} wrong\n",
                             dependency, score.all, score.bear, score.found, score.wrong);
    EXPECT_EQ(score.wrong, 0) << dependency;
    EXPECT_GE(score.found * 100, score.bear * 95) << dependency;
  }
  EXPECT_GT(scores["postgres"].bear, 500);
  EXPECT_GT(scores["redis"].bear, 500);
}

}  // namespace
}  // namespace faultline::e2e
