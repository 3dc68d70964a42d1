#include "run/run.h"

#include <fmt/format.h>

#include <future>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "judge/judge.h"
#include "load/http_sender.h"
#include "load/plan.h"
#include "loop/loop.h"
#include "run/alert_collector.h"
#include "run/arrival_causes.h"
#include "run/collector.h"
#include "run/count_collector.h"
#include "run/directory.h"
#include "run/environment.h"
#include "run/live_world.h"
#include "run/load_recorder.h"
#include "run/process_faults.h"
#include "run/proxy_recorder.h"
#include "run/setup.h"
#include "run/subject.h"
#include "run/webhook_collector.h"
#include "scenario/tenants.h"

namespace faultline::run {

using nlohmann::ordered_json;

namespace {

constexpr Duration kTick = std::chrono::milliseconds(250);
constexpr Duration kLead =
    std::chrono::milliseconds(20);                     // between the decision to begin and the first arrival
constexpr Duration kDrain = std::chrono::seconds(10);  // for journeys in flight when the last phase has ended
constexpr std::size_t kIdleConnections = 256;

// The recorded plan, or the one that the scenario makes.
std::vector<load::Arrival> plan_for(const scenario::Scenario& scenario, const Options& options) {
  if (!options.plan) {
    return load::plan(scenario.load, scenario.load_phases(), scenario.seed);
  }
  Diagnostics problems;
  auto plan = load::read_plan(*options.plan, scenario.load, scenario.load_phases(), problems);
  if (!problems.empty()) {
    std::string text;
    for (const Diagnostic& problem : problems) {
      text += "\n" + to_text(problem);
    }
    throw EnvironmentError("the recorded plan cannot be run:" + text);
  }
  return plan;
}

// What a flow names as ${env:NAME} is what the service gets by that name, otherwise this process's own variable.
load::Secrets secrets_for(const scenario::Scenario& scenario, const Addresses& addresses) {
  load::Secrets secrets;
  for (const scenario::Tenant& tenant : scenario::tenants()) {
    secrets.api_keys[tenant.name] = tenant.key;
  }
  for (const load::Load& load : scenario.load) {
    for (const std::string& name : load.flow.environment) {
      if (const std::string* given = addresses.variable(name)) {
        secrets.environment[name] = *given;
      } else if (const char* value = std::getenv(name.c_str())) {
        secrets.environment[name] = value;
      }
    }
  }
  return secrets;
}

// Drives the load on a thread of its own.
class LoadRun final : public Traffic {
 public:
  LoadRun(const scenario::Scenario& scenario, std::vector<load::Arrival> plan, const http::Url& service,
          const load::Secrets& secrets, LoadRecorder& recorder)
      : planned_(plan.size()),
        phases_(scenario.load_phases()),
        client_(loop_, {.max_idle = kIdleConnections}),
        sender_(client_, service) {
    loop_.run([&] {
      load::DriverLimits limits{.drain = kDrain};
      for (const scenario::Phase& phase : scenario.phases) {
        if (phase.drain) {
          limits.gates.push_back(phase.begin);
        }
      }
      driver_ = std::make_unique<load::Driver>(
          loop_.clock(), sender_, scenario.load,
          load::Work{load::schedule_of(std::move(plan)), load::Users(scenario.load, phases_, scenario.seed)},
          secrets, recorder, std::move(limits));
    });
  }
  ~LoadRun() override {
    loop_.run([&] { driver_.reset(); });
  }

  bool settled() override {
    return loop_.run([&] { return driver_->settled(); });
  }
  void open(Duration later) override {
    loop_.run([&] { driver_->open(later); });
  }
  void start(Instant when) {
    loop_.run([&] { driver_->start(when, [this] { finished_.set_value(); }); });
  }
  // No further arrivals; returns when everything has ended. After an interruption what is in flight is let go.
  void finish(bool interrupted) {
    loop_.run([&] { driver_->stop(); });
    if (!interrupted) {
      finished_.get_future().wait();
    }
  }
  load::Counters counters() {
    return loop_.run([&] { return driver_->counters(); });
  }
  std::size_t planned() const { return planned_; }

 private:
  const std::size_t planned_;
  const std::vector<load::Phase> phases_;
  std::promise<void> finished_;
  Loop loop_{"load"};
  http::Client client_;
  load::HttpSender sender_;
  std::unique_ptr<load::Driver> driver_;
};

void write_result(const std::filesystem::path& path, const result::Result& result) {
  write_file(path, result::to_json(result).dump(2) + '\n', "is the disk full?");
}

void write_proxies(Environment& environment, Journal::Producer& journal) {
  for (const auto& [name, counters] : environment.proxies()) {
    nlohmann::ordered_json calls = nlohmann::ordered_json::object();
    for (const stream::Proxy::Calls& one : environment.calls(name)) {
      calls[one.operation] = one.calls;
    }
    journal.write("observation", monotonic_now(),
                  {{"of", "proxy"},
                   {"dependency", name},
                   {"connections", counters.accepted},
                   {"bytes_to_dependency", counters.bytes_to_upstream},
                   {"bytes_to_service", counters.bytes_to_client},
                   {"messages", counters.messages},
                   {"unframed", counters.unframed},
                   {"calls", std::move(calls)}});
  }
}

// How often each dependency has been asked for something so far, at an edge of a phase.
void write_calls(const scenario::Scenario& scenario, const scenario::Phase& phase, bool begins,
                 Environment& environment, Journal::Producer& journal) {
  nlohmann::ordered_json totals = nlohmann::ordered_json::object();
  for (const scenario::Dependency& dependency : scenario.dependencies) {
    std::uint64_t total = 0;
    for (const stream::Proxy::Calls& one : environment.calls(dependency.name)) {
      total += one.calls;
    }
    totals[dependency.name] = total;
  }
  journal.write(
      "observation", monotonic_now(),
      {{"of", "calls"}, {"phase", phase.name}, {"edge", begins ? "begin" : "end"}, {"calls", totals}});
}

void write_causes(const ArrivalCauses& causes, Journal::Producer& journal) {
  for (const auto& [dependency, known] : causes.known()) {
    journal.write("observation", monotonic_now(),
                  {{"of", "causes"},
                   {"dependency", dependency},
                   {"header", known.header},
                   {"value", known.value},
                   {"exclusion", known.exclusion},
                   {"background", known.background},
                   {"by_value_right", known.by_value_right},
                   {"by_value_wrong", known.by_value_wrong}});
  }
}

// Everything between an environment that is ready and a journal that is whole.
void play(const scenario::Scenario& scenario, std::vector<load::Arrival> plan, Environment& environment,
          const load::Secrets& secrets, ArrivalCauses& causes, ProxyRecorders& recorders, Journal& journal,
          Instant start, bool to_first_failure, Observer& observer, const Stop& stop) {
  Journal::Producer& collector = journal.producer("collector");
  Journal::Producer& edges = journal.producer("edges");
  PhaseClock clock(scenario, start);
  LoadRecorder recorder(clock, journal, causes, !scenario.counts.empty());
  const http::Url service = *http::parse_url(environment.addresses().service);
  LoadRun load(scenario, std::move(plan), service, secrets, recorder);
  ProcessFaults processes(environment, journal.producer("processes"));
  Rules rules(
      scenario.faults,
      [&](const std::string& dependency, const std::vector<fault::Rule>& on,
          const std::vector<fault::Rule>& off) {
        environment.apply(dependency, {on, off});
      },
      [&](const fault::Rule& rule, bool on) { processes.apply(rule, on); }, journal.producer("faults"),
      [] { return monotonic_now(); });
  rules.load();
  Stop until_failure(&stop);
  LiveWorld world(environment, rules, until_failure);

  load.start(start);
  observer.load_began(start, scenario.length());
  Stop ended;
  auto ticker = std::async(std::launch::async, [&] {
    for (Instant next = start; ended.wait_until(next); next += kTick) {
      observer.load_ticked(load.counters());
    }
  });
  drive(scenario, clock, load, world, rules, until_failure, to_first_failure, journal, observer,
        [&](const scenario::Phase& phase, bool begins) {
          if (begins) {
            world.mark_logs();
          }
          write_calls(scenario, phase, begins, environment, edges);
        });
  const Instant over = monotonic_now();
  load.finish(until_failure.requested());
  recorders.end();
  rules.unload();
  processes.settle();
  ended.request(0);
  ticker.get();
  if (!stop.requested()) {
    tear_down(scenario, service, secrets, start, journal.producer("once"), stop);
  }
  if (until_failure.requested()) {
    return;
  }
  observer.collecting();
  const load::Counters counters = load.counters();
  collector.write("observation", monotonic_now(),
                  {{"of", "generator"},
                   {"planned", load.planned()},
                   {"started", counters.started},
                   {"shed", counters.shed}});
  write_proxies(environment, collector);
  write_causes(causes, collector);
  if (const auto* const monitoring = environment.monitoring()) {
    collect_alerts(*monitoring, scenario.alerts, start, over, collector, stop);
  }
  std::vector<AcceptedRun> runs;  // that have ended
  if (!scenario.invariants.empty()) {
    write_ledger(environment.ledger(), collector);
    runs = collect_runs(environment.addresses().service, recorder.accepted(), collector, stop);
    if (scenario.wants(scenario::Invariant::no_tenant_sees_another)) {
      collect_strangers(environment.addresses().service, recorder.accepted(), collector, stop);
    }
  }
  if (const auto* const receiver = environment.webhooks()) {
    collect_webhooks(*scenario.webhooks, *receiver, runs, start, collector, stop);
  }
  collect_counts(scenario, environment.addresses(), recorder.ended(), collector, stop);
}

}  // namespace

std::optional<result::Result> run(const scenario::Scenario& scenario, const Options& options,
                                  Observer& observer, const Stop& stop) {
  std::vector<load::Arrival> plan = plan_for(scenario, options);
  const Subject subject = subject_of(scenario.service);  // takes time: before the run's begins
  const Directory directory(options.directory, scenario);
  load::write_plan(directory.plan(), plan);
  if (options.latest) {
    point_latest_at(directory.path());
  }
  {
    const Instant asked = monotonic_now();
    std::vector<result::StartUp> parts;
    std::mutex parts_mutex;
    ProxyRecorders recorders;
    ArrivalCauses causes(plan, scenario);
    std::optional<Environment> environment;
    load::Secrets secrets;
    std::vector<SetUp> made;
    // The journal counts from the first phase, which begins when the environment is ready: so it is opened then,
    // and the proxies' observers are silent until it is.
    try {
      environment.emplace(
          scenario, directory.path() / "logs", options.transport, causes,
          [&](const std::string& dependency) -> stream::Observer& { return recorders.of(dependency); },
          [&](const result::StartUp& part) {
            {
              const std::lock_guard lock(parts_mutex);
              parts.push_back(part);
            }
            observer.environment_started(part);
          },
          stop);
      secrets = secrets_for(scenario, environment->addresses());
      made = set_up(scenario, *http::parse_url(environment->addresses().service), secrets, causes, stop);
      for (const SetUp& each : made) {
        observer.environment_started({.what = "setup of " + each.flow,
                                      .began = each.once.began - asked,
                                      .took = each.once.ended - each.once.began});
      }
    } catch (const EnvironmentError&) {
      if (stop.requested()) {
        return std::nullopt;
      }
      throw;
    }
    const Instant start = monotonic_now() + kLead;
    Journal journal(directory.journal(), start);
    Journal::Producer& producer = journal.producer("run");
    producer.write("plan", asked,
                   {{"scenario", scenario.name},
                    {"title", scenario.title},
                    {"seed", scenario.seed},
                    {"version", FAULTLINE_VERSION},
                    {"service", subject.digest},
                    {"directory", std::filesystem::absolute(scenario.service.directory).string()},
                    {"arrivals", plan.size()},
                    {"users", load::Users(scenario.load, scenario.load_phases(), scenario.seed).size()},
                    {"file", scenario.file.string()},
                    {"repeat", options.repeat},
                    {"left_in", directory.path().string()},
                    {"ready_after", seconds(environment->ready_after())}});
    for (const result::StartUp& part : parts) {
      producer.write("environment", asked + part.began + part.took,
                     {{"what", part.what}, {"began", seconds(part.began)}, {"took", seconds(part.took)}});
    }
    write_set_up(made, start, journal.producer("once"));
    recorders.begin(journal, start);
    play(scenario, std::move(plan), *environment, secrets, causes, recorders, journal, start,
         options.stop_at_first_failure, observer, stop);
    if (stop.requested()) {
      producer.write("interrupted", monotonic_now(), {{"signal", stop.signal()}});
    }
    environment.reset();
    journal.flush();
    if (const std::string failure = journal.failure(); !failure.empty()) {
      throw EnvironmentError(fmt::format("cannot write {}: {}", directory.journal().string(), failure),
                             "free some space, or choose another disk with --out");
    }
  }
  if (stop.requested()) {
    return std::nullopt;
  }
  result::Result result = judge_again(directory.path());
  write_result(directory.result(), result);
  return result;
}

result::Result judge_again(const std::filesystem::path& directory) {
  const JournalText journal = read_journal(directory / "journal.ndjson");
  Diagnostics problems;
  const scenario::Scenario scenario = scenario::read(directory / "scenario.toml", {}, problems);
  if (!problems.empty()) {
    throw EnvironmentError("the scenario that the run kept cannot be read: " + to_text(problems.front()));
  }
  result::Result result = judge::judge(scenario, journal.records);
  result.directory = directory.string();
  for (const ordered_json& record : journal.records) {
    const std::string kind = record.at("kind");
    if (kind == "plan") {
      result.scenario = record.at("scenario");
      result.title = record.at("title");
      result.seed = record.at("seed");
      result.version = record.at("version");
      result.file = record.value("file", "");
      result.repeat = record.at("repeat");
      result.directory = record.value("left_in", result.directory);
      result.ready_after = from_seconds(record.at("ready_after"));
    } else if (kind == "once" && record.contains("problem")) {
      result.notes.push_back(record.at("problem"));
    } else if (kind == "environment") {
      result.start_up.push_back(
          {record.at("what"), from_seconds(record.at("began")), from_seconds(record.at("took"))});
    }
  }
  return result;
}

}  // namespace faultline::run
