#include "run/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <mutex>
#include <thread>

#include "core/draw.h"
#include "core/error.h"
#include "loop/loop.h"
#include "postgres/dump.h"
#include "postgres/server.h"
#include "process/guardian.h"
#include "process/port.h"
#include "redis/server.h"
#include "run/service_process.h"
#include "scenario/tenants.h"
#include "shopify/mock.h"
#include "stripe/mock.h"

namespace faultline::run {

namespace fs = std::filesystem;

namespace {

constexpr const char* kHost = "127.0.0.1";
// Enough for PostgreSQL and what a scenario stores; it takes the machine's memory.
constexpr std::uint64_t kDiskSize = 512ULL << 20;
constexpr Duration kBetweenLooks = std::chrono::milliseconds(10);  // whether a process has ended

std::string join_tenants() {
  std::string text;
  for (const scenario::Tenant& tenant : scenario::tenants()) {
    text += fmt::format("{}{}:{}:{}", text.empty() ? "" : ",", tenant.key, tenant.name, tenant.tier);
  }
  return text;
}

}  // namespace

const std::string* Addresses::variable(const std::string& name) const {
  const auto renamed = known_as.find(name);
  const auto found = variables.find(renamed == known_as.end() ? name : renamed->second);
  return found == variables.end() ? nullptr : &found->second;
}

std::string webhook_secret(Seed seed) {
  constexpr std::size_t kDigits = 32;
  return "whsec_" + Draws(seed, "webhook secret", 0).hex(kDigits);
}

struct Environment::Impl {
  Impl(const scenario::Scenario& of, fs::path into, transport::Kind transport, stream::Causes& whose,
       Started tell, const Stop& stopped)
      : scenario(of),
        logs(std::move(into)),
        causes(whose),
        started(std::move(tell)),
        stop(stopped),
        commands(guardian, logs, stopped),
        carrier(transport::make(transport, "proxies")) {}

  // Declared in the order in which they start: destroyed in reverse.
  const scenario::Scenario& scenario;
  const fs::path logs;
  stream::Causes& causes;
  const Started started;
  const Stop& stop;
  const Instant began = monotonic_now();
  Duration ready_after{};
  Addresses addresses;
  process::Guardian guardian;
  Commands commands;
  Loop mocks_loop{"mocks"};
  const std::unique_ptr<transport::Transport> carrier;
  ledger::Ledger ledger;
  std::mutex mutex;  // guards the servers and the service against a restart from two steps at once
  std::unique_ptr<postgres::Server> postgres;
  std::unique_ptr<redis::Server> redis;
  std::unique_ptr<stripe::Mock> stripe;
  std::unique_ptr<shopify::Mock> shopify;
  std::unique_ptr<webhook_receiver::Receiver> webhooks;
  std::map<std::string, std::unique_ptr<stream::Proxy>> proxies;
  std::uint16_t service_port = 0;
  std::string direct;  // the service's own address
  std::unique_ptr<ServiceProcess> service;
  std::vector<std::unique_ptr<process::Child>> pressing;  // the CPU
  std::unique_ptr<Monitoring> monitoring;

  // Runs one part of the start, and tells how long it took.
  template <typename F>
  void part(const std::string& what, F start) {
    const Instant from = monotonic_now();
    start();
    started({what, from - began, monotonic_now() - from});
  }

  fs::path log(const std::string& process) const { return logs / (process + ".log"); }

  template <typename F>
  bool has_fault() const {
    return std::any_of(scenario.faults.begin(), scenario.faults.end(), [](const fault::Rule& rule) {
      return rule.enabled && std::holds_alternative<F>(rule.fault);
    });
  }
  bool fills_disk() const {
    return has_fault<fault::FillDisk>() ||
           std::any_of(scenario.steps.begin(), scenario.steps.end(),
                       [](const scenario::Step& step) { return step.action && step.action->fills_disk; });
  }

  std::uint16_t start_dependency(const std::string& name) {
    if (name == "postgres") {
      postgres = std::make_unique<postgres::Server>(
          guardian, postgres::Options{0, log(name), fills_disk() ? kDiskSize : 0});
      return postgres->port();
    }
    if (name == "redis") {
      redis =
          std::make_unique<redis::Server>(guardian, redis::Options{0, log(name), scenario.redis_settings});
      return redis->port();
    }
    if (name == "stripe") {
      stripe = std::make_unique<stripe::Mock>(mocks_loop, kHost, 0, ledger);
      return stripe->port();
    }
    if (name == scenario::kWebhookReceiver) {
      webhooks = std::make_unique<webhook_receiver::Receiver>(
          mocks_loop, kHost, 0,
          webhook_receiver::Options{.scheme = scenario.webhooks->signature,
                                    .about = scenario.webhooks->about,
                                    .secrets = {webhook_secret(scenario.seed)},
                                    .script = scenario.webhooks->answers,
                                    .seed = scenario.seed});
      return webhooks->port();
    }
    shopify = std::make_unique<shopify::Mock>(mocks_loop, kHost, 0, ledger);
    return shopify->port();
  }

  // Side by side. When several fail, the first in the order of the file is reported.
  std::map<std::string, std::uint16_t> start_dependencies() {
    std::map<std::string, std::future<std::uint16_t>> starting;
    for (const scenario::Dependency& dependency : scenario.dependencies) {
      starting[dependency.name] = std::async(std::launch::async, [this, name = dependency.name] {
        std::uint16_t port = 0;
        part(name, [&] { port = start_dependency(name); });
        return port;
      });
    }
    std::map<std::string, std::uint16_t> ports;
    for (auto& [name, port] : starting) {
      port.wait();
    }
    for (auto& [name, port] : starting) {
      ports[name] = port.get();
    }
    return ports;
  }

  void start_proxies(const std::map<std::string, std::uint16_t>& upstreams,
                     const std::function<stream::Observer&(const std::string&)>& observers) {
    for (const scenario::Dependency& dependency : scenario.dependencies) {
      if (dependency.proxy_port != 0) {
        process::require_free(dependency.proxy_port, "the proxy of " + dependency.name);
      }
      stream::ProxyOptions options;
      options.name = dependency.name;
      options.listen.port = dependency.proxy_port;
      options.upstream.port = upstreams.at(dependency.name);
      options.protocol = scenario::protocol_of(dependency.name);
      options.seed = scenario.seed;
      options.causes = &causes;
      options.observe = scenario.observe;
      proxies[dependency.name] =
          std::make_unique<stream::Proxy>(*carrier, options, observers(dependency.name));
    }
  }

  void fill_addresses() {
    std::map<std::string, std::string> variables = {{"HOST", kHost}, {"API_KEY", join_tenants()}};
    for (const auto& [name, proxy] : proxies) {
      const std::uint16_t port = proxy->port();
      std::string& address = addresses.proxied[name];
      if (name == "postgres") {
        address = variables["DATABASE_URL"] = postgres::Server::url_at(port);
      } else if (name == "redis") {
        address = variables["REDIS_URL"] = redis::Server::url_at(port);
      } else if (name == scenario::kWebhookReceiver) {
        address = variables["WEBHOOK_URL"] = fmt::format("http://{}:{}/hooks", kHost, port);
        variables["WEBHOOK_SECRET"] = webhook_secret(scenario.seed);
      } else {
        address = fmt::format("http://{}:{}", kHost, port);
        variables[name == "stripe" ? "STRIPE_API_BASE" : "SHOPIFY_API_BASE"] = address;
      }
    }
    if (scenario.service.url.empty()) {
      service_port = process::free_port();
      variables["PORT"] = std::to_string(service_port);
      direct = fmt::format("http://{}:{}", kHost, service_port);
    } else {
      direct = scenario.service.url;
    }
    addresses.service = direct;
    for (const auto& [ours, value] : variables) {
      const auto renamed = scenario.service.env_names.find(ours);
      const std::string& theirs = renamed == scenario.service.env_names.end() ? ours : renamed->second;
      addresses.known_as[ours] = theirs;
      addresses.variables[theirs] = value;
    }
    for (const auto& [name, value] : scenario.service.env) {
      addresses.variables[name] = value;
    }
  }

  // Both start while the service does.
  void start_monitoring() {
    if (scenario.monitoring) {
      const http::Url url = *http::parse_url(direct);
      monitoring = std::make_unique<Monitoring>(scenario, guardian, logs.parent_path() / "prometheus", logs,
                                                fmt::format("{}:{}", url.host, url.port));
    }
  }

  void start_service() {
    service = std::make_unique<ServiceProcess>(
        guardian, scenario.service,
        ServiceProcess::Place{direct, addresses.variables, logs, has_fault<fault::ClockSkew>()}, stop);
    service->start(scenario.service.ready_within);
  }

  // Where rules are in front of the service, its clients come in through a proxy too.
  void start_service_proxy(const std::function<stream::Observer&(const std::string&)>& observers) {
    const std::string name = "service";
    const bool wanted =
        std::any_of(scenario.faults.begin(), scenario.faults.end(),
                    [&](const fault::Rule& rule) { return rule.on == name && !rule.of_process; });
    if (!wanted) {
      return;
    }
    const http::Url url = *http::parse_url(direct);
    stream::ProxyOptions options;
    options.name = name;
    options.upstream = {url.host, static_cast<std::uint16_t>(std::stoi(url.port))};
    options.protocol = "http";
    options.seed = scenario.seed;
    options.causes = &causes;
    options.observe = scenario.observe;
    proxies[name] = std::make_unique<stream::Proxy>(*carrier, options, observers(name));
    addresses.service = fmt::format("http://{}:{}", kHost, proxies[name]->port());
  }

  ServiceProcess& ours(const char* to_be) const {
    if (!scenario.service.url.empty()) {
      throw EnvironmentError(
          fmt::format("the service was not started by Faultline, and cannot be {} by it", to_be));
    }
    return *service;
  }

  // A private server that has something stored, as its operator reaches it.
  std::string url_of_stored(const std::string& process) const {
    if (process != "postgres" || !postgres) {
      throw EnvironmentError(fmt::format("{} has nothing stored that could be dumped", process));
    }
    return postgres->url();
  }
  fs::path dump_file(const std::string& process) const {
    return logs.parent_path() / (process + ".dump.sql");
  }
};

Environment::Environment(const scenario::Scenario& scenario, fs::path logs, transport::Kind transport,
                         stream::Causes& causes,
                         const std::function<stream::Observer&(const std::string&)>& observers,
                         Started started, const Stop& stop)
    : impl_(std::make_unique<Impl>(scenario, std::move(logs), transport, causes, std::move(started), stop)) {
  impl_->part("ledger", [&] { impl_->ledger = ledger::make(scenario.seed, scenario.ledger); });
  const auto upstreams = impl_->start_dependencies();
  check_stop(impl_->stop);
  impl_->part("proxies", [&] { impl_->start_proxies(upstreams, observers); });
  impl_->fill_addresses();
  impl_->start_monitoring();
  impl_->part("service", [&] { impl_->start_service(); });
  impl_->start_service_proxy(observers);
  if (impl_->monitoring) {
    impl_->part("prometheus", [&] { impl_->monitoring->wait_until_ready(); });
  }
  impl_->ready_after = monotonic_now() - impl_->began;
}

Environment::~Environment() {
  if (impl_->service) {
    impl_->service->stop();
  }
  if (impl_->stop.requested()) {
    // What the private servers hold is thrown away in any case.
    if (impl_->postgres) {
      impl_->postgres->kill();
    }
    if (impl_->redis) {
      impl_->redis->kill();
    }
  }
  // A stopped process ends by nothing but SIGKILL.
  if (impl_->postgres) {
    impl_->postgres->signal(SIGCONT);
  }
  if (impl_->redis) {
    impl_->redis->signal(SIGCONT);
  }
  // The rest stops side by side: nobody uses it any more.
  const auto postgres = std::async(std::launch::async, [this] { impl_->postgres.reset(); });
  impl_->redis.reset();
}

const Addresses& Environment::addresses() const {
  return impl_->addresses;
}

Duration Environment::ready_after() const {
  return impl_->ready_after;
}

const ledger::Ledger& Environment::ledger() const {
  return impl_->ledger;
}

const webhook_receiver::Receiver* Environment::webhooks() const {
  return impl_->webhooks.get();
}

const Monitoring* Environment::monitoring() const {
  return impl_->monitoring.get();
}

void Environment::apply(const std::string& dependency, stream::RuleSet rules) {
  impl_->proxies.at(dependency)->apply(std::move(rules));
}

void Environment::restart(const std::string& process, const steps::Changes& changes) {
  const std::lock_guard lock(impl_->mutex);
  if (process == "service") {
    ServiceProcess& service = impl_->ours("restarted");
    service.change(changes.env);
    service.stop();
    service.start(changes.ready_within.value_or(impl_->scenario.service.ready_within));
    return;
  }
  const auto restart_server = [&](auto& server) {
    if (!server) {
      throw EnvironmentError(fmt::format("{} is no process that can be restarted", process));
    }
    stream::Proxy& proxy = *impl_->proxies.at(process);
    proxy.close_listener();
    server->signal(SIGCONT);
    server->stop();
    server->start([&] { proxy.open_listener(); });
  };
  if (process == "postgres") {
    restart_server(impl_->postgres);
  } else if (process == "redis") {
    restart_server(impl_->redis);
  } else {
    throw EnvironmentError(fmt::format("{} is no process that can be restarted", process));
  }
}

Stopped Environment::stop(const std::string& process, Duration grace) {
  const std::lock_guard lock(impl_->mutex);
  const auto end = [&](auto& ended, int number) -> Stopped {
    if (!ended.running()) {
      return {};
    }
    ended.signal(number);
    const Instant deadline = monotonic_now() + grace;
    while (ended.running() && monotonic_now() < deadline &&
           impl_->stop.wait_until(monotonic_now() + kBetweenLooks)) {
    }
    const bool killed = ended.running();
    ended.kill();  // what is left of its group
    return {ended.exit(), killed};
  };
  const auto end_server = [&](auto& server, int number) {
    if (!server) {
      throw EnvironmentError(fmt::format("{} is no process that can be stopped", process));
    }
    impl_->proxies.at(process)->close_listener();
    return end(*server, number);
  };
  if (process == "postgres") {
    return end_server(impl_->postgres, SIGINT);  // the fast shutdown, as pg_ctl does
  }
  if (process == "redis") {
    return end_server(impl_->redis, SIGTERM);
  }
  return end(impl_->ours("stopped"), SIGTERM);
}

CommandEnd Environment::run(const std::vector<std::string>& command, Duration limit) {
  return impl_->commands.run(impl_->service->command(command), limit);
}

void Environment::begin(const std::vector<std::string>& command) {
  impl_->commands.begin(impl_->service->command(command));
}

Stored Environment::dump(const std::string& process, Duration limit) {
  const std::string url = impl_->url_of_stored(process);
  const fs::path file = impl_->dump_file(process), next = file.string() + ".next";
  Stored stored{impl_->commands.run({postgres::dump_command(url, fs::absolute(next)), {}, {}}, limit)};
  if (stored.end.exit && stored.end.exit->ok()) {
    fs::rename(next, file);  // never half a dump
    stored.bytes = fs::file_size(file);
    stored.tables = postgres::count_tables(url);
  }
  return stored;
}

Stored Environment::restore(const std::string& process, Duration limit) {
  const std::string url = impl_->url_of_stored(process);
  const fs::path file = impl_->dump_file(process);
  if (!fs::exists(file)) {
    throw EnvironmentError(fmt::format("there is no dump of {}", process), "dump it in a step before");
  }
  Stored stored{impl_->commands.run({postgres::restore_command(url, fs::absolute(file)), {}, {}}, limit)};
  if (stored.end.exit && stored.end.exit->ok()) {
    stored.bytes = fs::file_size(file);
    stored.tables = postgres::count_tables(url);
  }
  return stored;
}

void Environment::signal(const std::string& process, int number) {
  const std::lock_guard lock(impl_->mutex);
  const bool ends = number != SIGSTOP && number != SIGCONT;
  const auto signal_server = [&](auto& server) {
    if (!server) {
      throw EnvironmentError(fmt::format("{} is no process that can be signalled", process));
    }
    if (!ends) {
      server->signal(number);
      return;
    }
    impl_->proxies.at(process)->close_listener();
    server->kill(number);
  };
  if (process == "service") {
    ServiceProcess& service = impl_->ours("signalled");
    if (ends) {
      service.kill(number);
    } else {
      service.signal(number);
    }
  } else if (process == "postgres") {
    signal_server(impl_->postgres);
  } else {
    signal_server(impl_->redis);
  }
}

void Environment::ensure_running(const std::string& process) {
  {
    const std::lock_guard lock(impl_->mutex);
    const bool running = process == "service"    ? impl_->service && impl_->service->running()
                         : process == "postgres" ? impl_->postgres && impl_->postgres->running()
                                                 : impl_->redis && impl_->redis->running();
    if (running) {
      return;
    }
  }
  restart(process);
}

void Environment::delete_data(const std::string& process) {
  const std::lock_guard lock(impl_->mutex);
  const auto delete_from = [&](auto& server) {
    if (!server) {
      throw EnvironmentError(fmt::format("{} has no data that could be deleted", process));
    }
    stream::Proxy& proxy = *impl_->proxies.at(process);
    proxy.close_listener();
    server->signal(SIGCONT);
    server->delete_data();
    proxy.open_listener();
  };
  if (process == "redis") {
    delete_from(impl_->redis);
  } else {
    delete_from(impl_->postgres);
  }
}

void Environment::fill_disk(const std::string& process, std::optional<std::uint64_t> free) {
  const std::lock_guard lock(impl_->mutex);
  if (process != "postgres" || !impl_->postgres) {
    throw EnvironmentError(fmt::format("{} has no disk of its own that could be full", process));
  }
  impl_->postgres->fill_disk(free);
}

void Environment::skew_clock(Duration by) {
  impl_->service->skew_clock(by);
}

void Environment::press_cpu(std::uint64_t workers) {
  const std::lock_guard lock(impl_->mutex);
  impl_->pressing.clear();
  for (std::uint64_t i = 0; i < workers; ++i) {
    impl_->pressing.push_back(impl_->guardian.spawn({.name = "cpu pressure",
                                                     .argv = {"sh", "-c", "while :; do :; done"},
                                                     .environment = {},
                                                     .directory = {},
                                                     .user = {},
                                                     .log = {}}));
  }
}

std::map<std::string, stream::Counters> Environment::proxies() const {
  std::map<std::string, stream::Counters> counters;
  for (const auto& [name, proxy] : impl_->proxies) {
    counters[name] = proxy->counters();
  }
  return counters;
}

std::vector<stream::Proxy::Calls> Environment::calls(const std::string& dependency) const {
  return impl_->proxies.at(dependency)->calls();
}

fs::path Environment::log(const std::string& process) const {
  return impl_->log(process);
}

std::optional<process::Exit> Environment::service_exit() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->service ? impl_->service->exit() : std::nullopt;
}

}  // namespace faultline::run
