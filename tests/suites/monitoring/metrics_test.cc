// Everything that rules and dashboards name is really exported: by the service under load, and by Debian's exporters
// beside a real PostgreSQL and a real Redis.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "expressions.h"
#include "promql/selector.h"
#include "settler/settler_fixture.h"
#include "webhook_receiver/receiver.h"

namespace faultline::monitoring {
namespace {

using nlohmann::json;

using Labels = std::map<std::string, std::string>;
struct Series {
  std::string name;
  Labels labels;
};

/// A line of the exposition is a selector whose matchers are all "is": so it is read as one.
std::vector<Series> series_of(const std::string& exposition, const std::string& job) {
  std::vector<Series> all;
  std::istringstream lines(exposition);
  for (std::string line; std::getline(lines, line);) {
    const auto selectors =
        line.starts_with('#') ? std::vector<promql::Selector>() : promql::selectors_of(line);
    if (!selectors.empty()) {
      Series& series =
          all.emplace_back(Series{.name = selectors[0].metric, .labels = {{"job", job}, {"instance", "x"}}});
      for (const auto& matcher : selectors[0].matchers) {
        series.labels[matcher.label] = matcher.value;
      }
    }
  }
  return all;
}

bool meets(const Labels& labels, const promql::Matcher& matcher) {
  const auto found = labels.find(matcher.label);
  const std::string& value = found == labels.end() ? "" : found->second;
  const bool like =
      matcher.is.ends_with('~') ? std::regex_match(value, std::regex(matcher.value)) : value == matcher.value;
  return like != matcher.is.starts_with('!');
}

bool names(const promql::Selector& selector, const Series& series) {
  return series.name == selector.metric && std::ranges::all_of(selector.matchers, [&](const auto& matcher) {
           return meets(series.labels, matcher);
         });
}

class MonitoredSettler : public Settler {
 protected:
  /// Of one of Debian's exporters, once it has reached what it looks at. The last argument is that of its own address.
  std::vector<Series> exported(const std::string& job, std::vector<std::string> argv, Variables variables,
                               const std::string& ready) {
    const std::uint16_t port = process::free_port();
    argv.back() += "127.0.0.1:" + std::to_string(port);
    const auto exporter = guardian_.spawn({.name = job,
                                           .argv = argv,
                                           .environment = std::move(variables),
                                           .directory = {},
                                           .user = {},
                                           .log = log(job)});
    std::string text;
    EXPECT_TRUE(eventually([&] {
      const auto exchange =
          http::fetch({.host = "127.0.0.1", .port = std::to_string(port), .target = "/metrics"},
                      {.method = "GET", .target = "/metrics"}, kPatience);
      text = exchange.answered() ? exchange.response.body : "";
      return text.find("\n" + ready) != std::string::npos;
    })) << process::last_lines(log(job), 20);
    return series_of(text, job);
  }

  /// Does a bit of all that the service counts.
  void use() {
    const auto webhook_to = [&](const std::string& url) {
      return json{{"url", url}, {"events", {"reconciliation.completed", "reconciliation.failed"}}}.dump();
    };
    start({{"ADMIN_KEY", "admin-key"},
           {"RATE_LIMIT_ENTERPRISE", "1"},
           {"WEBHOOK_POLL_MS", "10"},
           {"WEBHOOK_KEEP_MS", "10"},
           {"WEBHOOK_ATTEMPTS", "1"},
           {"API_ATTEMPTS", "1"}});
    post("/api/v1/webhooks", webhook_to("http://127.0.0.1:" + std::to_string(receiver_.port()) + "/hooks"));
    post("/api/v1/webhooks",
         webhook_to("http://127.0.0.1:" + std::to_string(process::free_port()) + "/hooks"));
    EXPECT_EQ(run_job(create_job()), "completed") << log_text();
    std::string body = job_body();
    body.replace(body.find("sk_test_load_test"), std::string("sk_test_load_test").size(), "wrong_key");
    const Answer created = post("/api/v1/jobs", body);
    EXPECT_EQ(run_job(created.parsed().value(json::json_pointer("/data/id"), "")), "failed") << log_text();
    EXPECT_TRUE(eventually([&] { return metric("webhook_dead_letters") == "2"; })) << log_text();
    send("PUT", "/admin/maintenance", "", R"({"on":true})", {{"X-Admin-Key", "admin-key"}});
    EXPECT_EQ(get("/api/v1/jobs").status, 503);
    send("PUT", "/admin/maintenance", "", R"({"on":false})", {{"X-Admin-Key", "admin-key"}});
    EXPECT_EQ(get("/api/v1/jobs", "other-key").status, 200);
    EXPECT_EQ(get("/api/v1/jobs", "other-key").status, 429);
  }

  webhook_receiver::Receiver receiver_{loop_, "127.0.0.1", 0, {}};
};

TEST_F(MonitoredSettler, ExportsWhateverRulesAndDashboardsName) {
  use();
  std::vector<Series> all = series_of(get("/metrics").body, "settler");
  for (auto&& part :
       {exported("postgres", {"prometheus-postgres-exporter", "--web.listen-address="},
                 {{"DATA_SOURCE_NAME", postgres_.url() + "?sslmode=disable"}}, "pg_up 1"),
        exported("redis", {"prometheus-redis-exporter", "-redis.addr", redis_.url(), "-web.listen-address="},
                 {}, "redis_up 1"),
        exported("node", {"prometheus-node-exporter", "--web.listen-address="}, {},
                 "node_cpu_seconds_total")}) {
    all.insert(all.end(), part.begin(), part.end());
  }

  const std::set<std::string> rules = recorded();
  std::size_t looked_at = 0;
  for (const auto& expressions : {expressions_of_rules(), expressions_of_dashboards()}) {
    for (const Expression& expression : expressions) {
      for (const promql::Selector& selector : promql::selectors_of(expression.text)) {
        EXPECT_TRUE(rules.contains(selector.metric) ||
                    std::ranges::any_of(all, [&](const Series& series) { return names(selector, series); }))
            << expression.where << ": nothing is exported for " << selector.metric << " in "
            << expression.text;
        ++looked_at;
      }
    }
  }
  EXPECT_GE(looked_at, 70U);
}

}  // namespace
}  // namespace faultline::monitoring
