#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/words.h"
#include "http/message.h"
#include "scenario/parts.h"

namespace faultline::scenario {
namespace {

// What the harness sets and a service may want under another name.
const std::vector<std::string> kNames = {
    "PORT",    "HOST",        "DATABASE_URL",  "REDIS_URL", "STRIPE_API_BASE", "SHOPIFY_API_BASE",
    "API_KEY", "WEBHOOK_URL", "WEBHOOK_SECRET"};

// Where Redis listens and writes, and who may talk to it.
constexpr auto kOurRedisSettings = std::to_array<std::string_view>(
    {"port", "bind", "bind-source-addr", "unixsocket", "protected-mode", "dir", "daemonize", "supervised",
     "pidfile", "logfile", "include", "loadmodule", "requirepass", "user", "aclfile", "cluster-enabled",
     "replicaof", "slaveof"});

bool is_setting(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Their names and values are Redis' own to judge: what it refuses is said when it is started.
std::map<std::string, std::string> read_redis_settings(Table& dependency) {
  std::map<std::string, std::string> settings = read_words(dependency, "settings");
  auto table = dependency.table("settings");
  for (const auto& [name, value] : settings) {
    if (!is_setting(name)) {
      table->problem(name, fmt::format("'{}' is no setting of redis.conf", name));
    } else if (name.starts_with("tls-") || std::find(kOurRedisSettings.begin(), kOurRedisSettings.end(),
                                                     name) != kOurRedisSettings.end()) {
      table->problem(name, fmt::format("'{}' is not the scenario's to set", name));
    }
  }
  return settings;
}

}  // namespace

Service read_service(Table& file, const std::filesystem::path& scenario) {
  Service service;
  auto table = file.table("service");
  if (!table) {
    file.missing("service");
    return service;
  }
  if (const auto use = table->one_of("use", {"settler"})) {
    service.use = *use;
  }
  service.run = table->texts("run");
  if (const auto url = table->text("url")) {
    service.url = *url;
    // Its proxies speak no TLS.
    if (const auto parsed = http::parse_url(*url); !parsed || parsed->tls) {
      table->problem("url", fmt::format("'{}' is not an http:// address", *url));
    }
  }
  const int ways = static_cast<int>(table->has("use")) + static_cast<int>(table->has("run")) +
                   static_cast<int>(table->has("url"));
  if (ways != 1) {
    table->problem(
        ways == 0 ? "use" : "run",
        "a service is given in one way: use = \"settler\", run = [\"node\", \"server.js\"], or url");
  }
  service.directory = scenario.has_parent_path() ? scenario.parent_path() : ".";
  if (const auto directory = table->text("directory")) {
    service.directory /= *directory;
    if (!std::filesystem::is_directory(service.directory)) {
      table->problem("directory", fmt::format("there is no directory {}", service.directory.string()));
    }
  }
  service.env = read_words(*table, "env");
  service.env_names = read_words(*table, "env_names");
  if (auto names = table->table("env_names")) {
    for (const auto& [ours, theirs] : service.env_names) {
      if (std::find(kNames.begin(), kNames.end(), ours) == kNames.end()) {
        names->problem(ours, fmt::format("the harness sets no '{}'", ours), did_you_mean(ours, kNames));
      }
    }
  }
  if (auto ready = table->table("ready")) {
    if (const auto request = ready->text("http")) {
      const std::string_view text = *request;
      if (text.starts_with("GET /")) {
        service.ready_target = text.substr(4);
      } else {
        ready->problem("http", fmt::format("'{}' must be \"GET /path\"", text));
      }
    }
    service.ready_within = ready->duration("within").value_or(service.ready_within);
    ready->finish();
  }
  table->finish();
  return service;
}

void read_dependencies(Table& file, Scenario& scenario) {
  auto table = file.table("dependency");
  if (!table) {
    return;
  }
  const auto read_port = [](Table& dependency) -> std::uint16_t {
    const auto port = dependency.integer("port");
    if (port && (*port < 1 || *port > 65535)) {
      dependency.problem("port", fmt::format("{} is not a port", *port));
      return 0;
    }
    return static_cast<std::uint16_t>(port.value_or(0));
  };
  const auto read_one = [&](const std::string& name, auto read_more) {
    if (auto dependency = table->table(name)) {
      scenario.dependencies.push_back({name, read_port(*dependency)});
      for (const std::string& operation : dependency->texts("background")) {
        scenario.dependencies.back().background.push_back(fault::Pattern::of_glob(operation, false));
      }
      read_more(*dependency);
      dependency->finish();
    }
  };
  read_one("postgres", [](Table&) {});
  read_one("redis", [&](Table& dependency) { scenario.redis_settings = read_redis_settings(dependency); });
  read_one("stripe", [&](Table& dependency) {
    if (auto data = dependency.table("data")) {
      ledger::read_charges(*data, scenario.ledger);
      data->finish();
    }
  });
  read_one("shopify", [&](Table& dependency) {
    if (auto data = dependency.table("data")) {
      ledger::read_orders(*data, scenario.ledger);
      data->finish();
    }
  });
  read_one(std::string(kWebhookReceiver),
           [&](Table& dependency) { scenario.webhooks = read_webhook_receiver(dependency); });
  table->finish();
}

}  // namespace faultline::scenario
