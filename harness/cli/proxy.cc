// faultline proxy: proxies alone, between whatever one likes, with a look at what passes through them.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/command.h"
#include "cli/signals.h"
#include "core/error.h"
#include "core/units.h"
#include "loop/loop.h"
#include "protocol/protocols.h"
#include "stream/proxy.h"

namespace faultline::cli {
namespace {

constexpr Duration kTick = std::chrono::seconds(1);
// Without a terminal.
constexpr Duration kPlainEvery = std::chrono::seconds(5);
constexpr Duration kDrainLook = std::chrono::milliseconds(20);
constexpr std::size_t kMostThreads = 64;

struct ProxyCommand {
  std::string file;
  std::vector<std::string> listen, upstream, protocol, fault;
  std::string transport = "auto", drain = "0s";
  std::size_t threads = 1;
  bool json = false;
  bool quiet = false;
};

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  for (const protocol::Row& row : protocol::protocols()) {
    names.emplace_back(row.name);
  }
  return names;
}

transport::Address read_address(Table& table, const std::string& key) {
  const std::string text = table.required_text(key);
  const auto address = transport::parse_address(text);
  if (!address && !text.empty()) {
    table.problem(key, fmt::format("'{}' is no address", text), "write it as host:port");
  }
  return address.value_or(transport::Address{});
}

std::vector<fault::Target> targets_of(const std::vector<stream::ProxyOptions>& proxies) {
  std::vector<fault::Target> targets;
  targets.reserve(proxies.size());
  for (const stream::ProxyOptions& each : proxies) {
    targets.push_back({each.name, each.protocol});
  }
  return targets;
}

// A rule for proxies alone: there are no phases.
void read_fault(Table& table, const std::vector<fault::Target>& targets, std::vector<fault::Rule>& rules) {
  if (table.has("during") || table.has("until")) {
    table.problem(table.has("during") ? "during" : "until",
                  "a proxy alone has no phases: its rules are always on");
    return;
  }
  if (auto rule = fault::read_rule(table, targets, fmt::format("fault {}", rules.size() + 1))) {
    rules.push_back(std::move(*rule));
  }
}

// [[proxy]] tables: name, listen, upstream, protocol; and [[fault]] tables as in a scenario.
std::vector<stream::ProxyOptions> read_file(const std::string& file, std::vector<fault::Rule>& rules,
                                            Diagnostics& problems) {
  if (!std::filesystem::exists(file)) {
    throw EnvironmentError(fmt::format("no such file: {}", file));
  }
  std::vector<stream::ProxyOptions> list;
  Table root = Table::parse_file(file, problems);
  for (Table& table : root.tables("proxy")) {
    stream::ProxyOptions options;
    options.listen = read_address(table, "listen");
    options.upstream = read_address(table, "upstream");
    options.protocol = table.one_of("protocol", protocol_names()).value_or("raw");
    options.name = table.text("name").value_or(options.protocol);
    table.finish();
    list.push_back(std::move(options));
  }
  if (list.empty() && problems.empty()) {
    root.missing("proxy");
  }
  const auto targets = targets_of(list);
  for (Table& table : root.tables("fault")) {
    read_fault(table, targets, rules);
  }
  root.finish();
  return list;
}

// --fault: the inside of a [[fault]] table, its keys apart by commas or lines.
void read_arguments(const std::vector<std::string>& arguments, const std::vector<fault::Target>& targets,
                    std::vector<fault::Rule>& rules, Diagnostics& problems) {
  const std::string before = "fault = { ";
  for (std::string argument : arguments) {
    std::replace(argument.begin(), argument.end(), '\n', ' ');  // which an inline table may not have
    const std::size_t known = problems.size();
    Table root = Table::parse(before + argument + " }", "--fault", problems);
    for (Table& table : root.tables("fault")) {
      read_fault(table, targets, rules);
    }
    for (std::size_t i = known; i < problems.size(); ++i) {
      problems[i].place.column -= static_cast<int>(before.size());
    }
  }
}

// The n-th --listen goes with the n-th --upstream, and with the n-th --protocol or the only one.
std::vector<stream::ProxyOptions> read_pairs(const ProxyCommand& command) {
  if (command.listen.empty() || command.listen.size() != command.upstream.size()) {
    throw CLI::ValidationError("--listen and --upstream", "are given in pairs");
  }
  if (command.protocol.size() > 1 && command.protocol.size() != command.listen.size()) {
    throw CLI::ValidationError("--protocol", "is given once, or once for each pair");
  }
  std::vector<stream::ProxyOptions> list;
  for (std::size_t i = 0; i < command.listen.size(); ++i) {
    stream::ProxyOptions options;
    const auto listen = transport::parse_address(command.listen[i]);
    const auto upstream = transport::parse_address(command.upstream[i]);
    if (!listen || !upstream) {
      throw CLI::ValidationError(listen ? "--upstream" : "--listen",
                                 fmt::format("'{}' is no address: write host:port",
                                             listen ? command.upstream[i] : command.listen[i]));
    }
    options.listen = *listen;
    options.upstream = *upstream;
    options.protocol =
        command.protocol.empty() ? "raw" : command.protocol[command.protocol.size() == 1 ? 0 : i];
    const auto same = std::count_if(list.begin(), list.end(), [&](const stream::ProxyOptions& other) {
      return other.protocol == options.protocol;
    });
    options.name = same == 0 ? options.protocol : fmt::format("{}-{}", options.protocol, same + 1);
    list.push_back(std::move(options));
  }
  return list;
}

// Says once for each reason why connections are not framed; the counts are in the view.
class Watcher final : public stream::Observer {
 public:
  Watcher(std::string name, bool silent) : name_(std::move(name)), silent_(silent) {}

  void unframed(std::uint64_t connection, std::string_view reason, bool handed_through) override {
    if (!silent_ && std::find(told_.begin(), told_.end(), reason) == told_.end()) {
      told_.emplace_back(reason);
      fmt::print(stderr, "\r\033[K{}: connection {} {}: {}\n", name_, connection,
                 handed_through ? "is handed through" : "is not framed", reason);
    }
  }

 private:
  const std::string name_;
  const bool silent_;
  std::vector<std::string> told_;
};

// One proxy as the user sees it: with several threads, each has a part of it, on the same port.
struct Running {
  stream::ProxyOptions options;
  std::unique_ptr<Watcher> watcher;
  std::vector<std::unique_ptr<stream::Proxy>> parts;
  stream::Counters before{};
  std::map<std::string, std::uint64_t> calls_before{};

  std::string listens_at() const {
    return transport::to_text(transport::Address{options.listen.host, parts[0]->port()});
  }
  stream::Counters counters() const {
    stream::Counters all = parts[0]->counters();
    for (std::size_t i = 1; i < parts.size(); ++i) {
      all += parts[i]->counters();
    }
    return all;
  }
  // Only unframed bytes are spread over threads.
  std::vector<stream::Proxy::Calls> calls() const { return parts[0]->calls(); }
};

std::string per_second(std::uint64_t now, std::uint64_t before, Duration length) {
  const double rate = static_cast<double>(now - before) / seconds(length);
  return rate >= 9'999.5 ? fmt::format("{:.1f}k", rate / 1'000) : fmt::format("{:.0f}", rate);
}

std::string bytes_per_second(std::uint64_t now, std::uint64_t before, Duration length) {
  double rate = static_cast<double>(now - before) / seconds(length);
  for (const char* unit : {"B", "KiB", "MiB"}) {
    if (rate < 1'000) {
      return fmt::format("{:.{}f} {}/s", rate, rate < 10 && *unit != 'B' ? 1 : 0, unit);
    }
    rate /= 1'024;
  }
  return fmt::format("{:.1f} GiB/s", rate);
}

// One line a proxy, and below it the operations that were called most since the last look.
std::vector<std::string> look(Running& running, Duration length) {
  const stream::Counters now = running.counters();
  std::vector<std::string> lines;
  std::string line = fmt::format("{} {} open", running.options.name, now.open);
  if (running.options.protocol != "raw") {
    line += fmt::format(", {} messages/s", per_second(now.messages, running.before.messages, length));
  }
  line += fmt::format(", {} out, {} back",
                      bytes_per_second(now.bytes_to_upstream, running.before.bytes_to_upstream, length),
                      bytes_per_second(now.bytes_to_client, running.before.bytes_to_client, length));
  if (now.unreachable > 0) {
    line += fmt::format(", {} reset: upstream cannot be reached", now.unreachable);
  }
  if (now.unframed > 0) {
    line += fmt::format(", {} not framed", now.unframed);
  }
  lines.push_back(line);
  for (const auto& [rule, times] : now.acted) {
    lines.push_back(fmt::format("  {} has acted {} times", rule, times));
  }
  std::vector<std::pair<std::uint64_t, std::string>> busiest;
  for (const stream::Proxy::Calls& calls : running.calls()) {
    std::uint64_t& before = running.calls_before[calls.operation];
    if (calls.calls > before) {
      busiest.emplace_back(calls.calls - before, calls.operation);
    }
    before = calls.calls;
  }
  std::sort(busiest.rbegin(), busiest.rend());
  constexpr std::size_t kShown = 5;
  for (std::size_t i = 0; i < std::min(kShown, busiest.size()); ++i) {
    lines.push_back(fmt::format("  {:>7}/s  {}", per_second(busiest[i].first, 0, length), busiest[i].second));
  }
  running.before = now;
  return lines;
}

nlohmann::ordered_json to_json(const Running& running) {
  const stream::Counters now = running.counters();
  nlohmann::ordered_json calls = nlohmann::ordered_json::object();
  for (const stream::Proxy::Calls& one : running.calls()) {
    calls[one.operation] = one.calls;
  }
  return {{"name", running.options.name},
          {"protocol", running.options.protocol},
          {"listen", running.listens_at()},
          {"upstream", transport::to_text(running.options.upstream)},
          {"accepted", now.accepted},
          {"open", now.open},
          {"unreachable", now.unreachable},
          {"bytes_to_upstream", now.bytes_to_upstream},
          {"bytes_to_client", now.bytes_to_client},
          {"messages", now.messages},
          {"unframed", now.unframed},
          {"handed_through", now.handed_through},
          {"acted", now.acted},
          {"calls", std::move(calls)}};
}

void print_json(const std::vector<Running>& proxies, Duration since) {
  nlohmann::ordered_json line = {{"at", seconds(since)}, {"proxies", nlohmann::ordered_json::array()}};
  for (const Running& running : proxies) {
    line["proxies"].push_back(to_json(running));
  }
  // Operations may hold bytes that are no UTF-8.
  fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  std::fflush(stdout);
}

// Draws over what it drew before, on a terminal.
class View {
 public:
  explicit View(bool terminal) : terminal_(terminal) {}

  void show(const std::vector<std::string>& lines) {
    clear();
    for (const std::string& line : lines) {
      fmt::print("{}\n", terminal_ ? fit(line) : line);
    }
    drawn_ = terminal_ ? lines.size() : 0;
    std::fflush(stdout);
  }

  void clear() {
    if (drawn_ > 0) {
      fmt::print("\033[{}A\033[J", drawn_);
      drawn_ = 0;
    }
  }

 private:
  static std::string fit(const std::string& line) {
    const std::size_t width = columns() - 1;
    return line.size() <= width ? line : line.substr(0, width - 3) + "...";
  }

  const bool terminal_;
  std::size_t drawn_ = 0;
};

void print_totals(const std::vector<Running>& proxies) {
  for (const Running& running : proxies) {
    const stream::Counters now = running.counters();
    fmt::print("{}: {} connections, {} messages, {} out, {} back\n", running.options.name, now.accepted,
               now.messages, to_text(Size{now.bytes_to_upstream}), to_text(Size{now.bytes_to_client}));
    for (const auto& [rule, times] : now.acted) {
      fmt::print("  {} has acted {} times\n", rule, times);
    }
    constexpr std::size_t kShown = 20;
    const auto calls = running.calls();
    for (std::size_t i = 0; i < std::min(kShown, calls.size()); ++i) {
      fmt::print("  {:>10}  {}\n", calls[i].calls, calls[i].operation);
    }
    if (calls.size() > kShown) {
      fmt::print("  and {} more operations (--json has all)\n", calls.size() - kShown);
    }
  }
}

std::vector<fault::Rule> rules_on(const std::vector<fault::Rule>& rules, const std::string& proxy) {
  std::vector<fault::Rule> on;
  std::copy_if(rules.begin(), rules.end(), std::back_inserter(on),
               [&](const fault::Rule& rule) { return rule.enabled && rule.on == proxy; });
  return on;
}

// Lets connections end by themselves, for a while; nobody new gets in. A second signal ends the program at once.
void finish(const std::vector<Running>& proxies, Duration drain) {
  for (const Running& running : proxies) {
    for (const auto& part : running.parts) {
      part->close_listener();
    }
  }
  const auto all_ended = [&] {
    return std::all_of(proxies.begin(), proxies.end(),
                       [](const Running& running) { return running.counters().open == 0; });
  };
  const Instant deadline = monotonic_now() + drain;
  while (monotonic_now() < deadline && !all_ended()) {
    std::this_thread::sleep_for(kDrainLook);
  }
}

// Two sockets a connection: the usual soft limit of 1,024 is soon reached.
void allow_many_sockets() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int run_proxies(const ProxyCommand& command) {
  const auto drain = parse_duration(command.drain);
  if (!drain) {
    throw CLI::ValidationError("--drain",
                               fmt::format("'{}' is not a duration such as \"10s\"", command.drain));
  }
  Diagnostics problems;
  std::vector<fault::Rule> rules;
  const auto options = command.file.empty() ? read_pairs(command) : read_file(command.file, rules, problems);
  read_arguments(command.fault, targets_of(options), rules, problems);
  for (const Diagnostic& problem : problems) {
    fmt::print(stderr, "{}\n", to_text(problem));
  }
  if (!problems.empty()) {
    return kUsage;
  }
  for (const stream::ProxyOptions& each : options) {
    if (command.threads > 1 && each.protocol != "raw") {
      throw CLI::ValidationError(
          "--threads",
          fmt::format("{} is followed by one thread; only raw bytes go over several", each.protocol));
    }
  }
  Stop stop;
  const Signals signals(stop);
  allow_many_sockets();
  std::vector<std::unique_ptr<transport::Transport>> carriers;
  for (std::size_t i = 0; i < command.threads; ++i) {
    carriers.push_back(transport::make(transport_kind(command.transport), "proxies"));
  }
  std::vector<Running> proxies;
  for (const stream::ProxyOptions& each : options) {
    proxies.push_back({each, std::make_unique<Watcher>(each.name, command.json || command.quiet), {}});
    Running& running = proxies.back();
    stream::ProxyOptions part = each;
    for (const auto& carrier : carriers) {
      running.parts.push_back(std::make_unique<stream::Proxy>(*carrier, part, *running.watcher));
      part.listen.port = running.parts[0]->port();
      part.share_port = true;
      running.parts.back()->apply({rules_on(rules, each.name), {}});
    }
    if (!command.json) {
      fmt::print("{} {} -> {}\n", each.name, running.listens_at(), transport::to_text(each.upstream));
    }
  }
  std::fflush(stdout);
  const bool terminal = is_terminal() && !command.json;
  const Duration every = terminal || command.json ? kTick : kPlainEvery;
  const Instant began = monotonic_now();
  View view(terminal);
  Instant last = began;
  if (command.json) {
    print_json(proxies, Duration{});  // so that a program knows the ports
  }
  while (stop.wait_until(last + every)) {
    const Instant now = monotonic_now();
    if (command.json) {
      print_json(proxies, now - began);
    } else if (!command.quiet) {
      std::vector<std::string> lines;
      for (Running& running : proxies) {
        const auto more = look(running, now - last);
        lines.insert(lines.end(), more.begin(), more.end());
      }
      view.show(lines);
    }
    last = now;
  }
  view.clear();
  finish(proxies, *drain);
  if (command.json) {
    print_json(proxies, monotonic_now() - began);
  } else {
    print_totals(proxies);
  }
  return 0;
}

}  // namespace

void add_proxy(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("proxy", "Run proxies alone, and show what passes through them");
  command->footer(
      "Examples:\n"
      "  faultline proxy --listen :6380 --upstream 127.0.0.1:6379 --protocol redis\n"
      "  faultline proxy --listen :6380 --upstream :6379 --protocol redis \\\n"
      "    --fault 'match = { command = [\"SET\"] }, inject = { error = { kind = \"READONLY\" } }'\n"
      "  faultline proxy proxies.toml       with [[proxy]] tables: name, listen, upstream, protocol;\n"
      "                                     and [[fault]] tables as in a scenario\n"
      "What can be injected: faultline list --faults");
  auto options = std::make_shared<ProxyCommand>();
  auto* file = command->add_option("file", options->file, "A file of [[proxy]] tables")->type_name("FILE");
  for (CLI::Option* pair :
       {command->add_option("--listen", options->listen, "Where to listen; port 0 takes a free one"),
        command->add_option("--upstream", options->upstream, "Where to connect to")}) {
    pair->type_name("HOST:PORT")->excludes(file)->allow_extra_args(false);
  }
  command->add_option("--protocol", options->protocol, "What is spoken there (raw)")
      ->check(CLI::IsMember(protocol_names()))
      ->excludes(file)
      ->allow_extra_args(false);
  command->add_option("--fault", options->fault, "A fault: the inside of a [[fault]] table; may be repeated")
      ->type_name("TOML")
      ->allow_extra_args(false);
  add_transport(*command, options->transport);
  command->add_option("--threads", options->threads, "Threads that share the connections of raw proxies (1)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostThreads).description(""));
  command->add_option("--drain", options->drain, "At the end, wait so long for open connections to end (0s)")
      ->type_name("DURATION");
  command->add_flag("--json", options->json, "A line of JSON each second, for machines");
  command->add_flag("-q,--quiet", options->quiet, "Only the totals, at the end");
  command->callback([options, &status] { status = run_proxies(*options); });
}

}  // namespace faultline::cli
