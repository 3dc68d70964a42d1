#include "loadtest/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>
#include <vector>

#include "core/error.h"
#include "http/client.h"
#include "load/http_sender.h"
#include "load/once.h"
#include "loadtest/recorder.h"
#include "loop/loop.h"

namespace faultline::loadtest {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(250);
// Between the decision to begin and the first arrival.
constexpr Duration kLead = std::chrono::milliseconds(20);

// One thread, and its share of the load.
class Worker {
 public:
  Worker(const LoadTest& test, const Options& options, std::size_t index, Instant start)
      : loop_(fmt::format("load-{}", index)), sender_client_(client_options(test, options.jobs)) {
    loop_.run([&] {
      const load::Share share{index, options.jobs};
      client_ = std::make_unique<http::Client>(loop_, sender_client_);
      sender_ = std::make_unique<load::HttpSender>(*client_, options.service);
      recorder_ = std::make_unique<Recorder>(test.loads, test.phases, start);
      load::DriverLimits limits = test.limits;
      limits.in_flight = std::max<std::size_t>(1, limits.in_flight / options.jobs);
      driver_ = std::make_unique<load::Driver>(
          loop_.clock(), *sender_, test.loads,
          load::Work{load::schedule_of(test.loads, test.phases, test.seed, share),
                     load::Users(test.loads, test.phases, test.seed, share)},
          options.secrets, *recorder_, limits);
      driver_->start(start, [this] { finished_.set_value(); });
    });
  }
  ~Worker() {
    loop_.run([&] {
      driver_.reset();
      sender_.reset();
      client_.reset();
    });
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  bool finished() const { return finished_future_.wait_for(Duration::zero()) == std::future_status::ready; }
  void stop() {
    loop_.run([&] { driver_->stop(); });
  }
  load::Counters counters() {
    return loop_.run([&] { return driver_->counters(); });
  }
  std::map<std::int64_t, Second> take_before(std::int64_t second) {
    return loop_.run([&] { return recorder_->take_before(second); });
  }
  std::uint64_t later_than(Duration limit) {
    return loop_.run([&] { return recorder_->later_than(limit); });
  }
  void add_to(metrics::Store& sum) {
    loop_.run([&] { sum.merge(recorder_->metrics()); });
  }
  /// What one metric has, and nothing else.
  void add_to(metrics::Store& sum, const metrics::Selector& selector) {
    loop_.run([&] {
      if (const auto series = recorder_->metrics().select(selector)) {
        sum.series(series->kind, selector.metric, selector.tags).merge(*series);
      }
    });
  }

 private:
  // Several threads share what the file allows in connections.
  static http::ClientOptions client_options(const LoadTest& test, std::size_t jobs) {
    http::ClientOptions options = test.http;
    if (options.max_connections > 0) {
      options.max_connections = std::max<std::size_t>(1, options.max_connections / jobs);
    }
    return options;
  }

  Loop loop_;
  const http::ClientOptions sender_client_;
  std::promise<void> finished_;
  const std::shared_future<void> finished_future_ = finished_.get_future().share();
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<load::HttpSender> sender_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<load::Driver> driver_;
};

load::Counters sum_of(const std::vector<load::Counters>& all) {
  load::Counters sum;
  for (const load::Counters& one : all) {
    sum.planned += one.planned;
    sum.due += one.due;
    sum.started += one.started;
    sum.shed += one.shed;
    sum.waiting += one.waiting;
    sum.users += one.users;
    sum.in_flight += one.in_flight;
    sum.done += one.done;
    sum.failed += one.failed;
    sum.requests += one.requests;
    sum.errors += one.errors;
    sum.late_most = std::max(sum.late_most, one.late_most);
    if (one.recent_p95 && (!sum.recent_p95 || *one.recent_p95 > *sum.recent_p95)) {
      sum.recent_p95 = one.recent_p95;
    }
  }
  return sum;
}

class Engine {
 public:
  Engine(const LoadTest& test, const Options& options, Watcher& watcher, const Stop& stop, Output* output)
      : test_(test),
        options_(options),
        watcher_(watcher),
        stop_(stop),
        output_(output),
        planned_(load::schedule_of(test.loads, test.phases, test.seed)->size()),
        start_(monotonic_now() + kLead + setting_up()) {
    for (std::size_t index = 0; index < options.jobs; ++index) {
      workers_.push_back(std::make_unique<Worker>(test, options, index, start_));
    }
  }

  Result run() {
    bool ended = false;
    for (Instant next = start_; !all_finished(); next += kTick) {
      if (!stop_.wait_until(next)) {
        stop_all();
        break;
      }
      const Duration passed = monotonic_now() - start_;
      begin_phases(passed);
      tick(passed);
      if (!ended && (passed >= test_.length() || aborted_)) {
        ended = true;
        stop_all();
      }
    }
    return result();
  }

 private:
  // Several threads compute their timetables one after the other before the start: a microsecond an arrival is plenty.
  Duration setting_up() const {
    return std::chrono::microseconds(planned_) * static_cast<std::int64_t>(options_.jobs);
  }

  bool all_finished() const {
    return std::all_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return worker->finished(); });
  }
  void stop_all() {
    for (const auto& worker : workers_) {
      worker->stop();
    }
  }

  void begin_phases(Duration passed) {
    while (phase_ < test_.phases.size() && passed >= phase_begin_) {
      watcher_.phase_began(test_.phases[phase_], phase_begin_);
      phase_begin_ += test_.phases[phase_++].length;
    }
  }

  void tick(Duration passed) {
    std::vector<load::Counters> all;
    for (const auto& worker : workers_) {
      all.push_back(worker->counters());
    }
    counters_ = sum_of(all);
    most_users_ = std::max(most_users_, counters_.users);
    // A second is whole once the threads have ended everything that happened in it, which their answers say.
    const auto now = std::chrono::floor<std::chrono::seconds>(passed).count();
    if (now > second_) {
      take_seconds(now);
      check_thresholds(passed);
    }
    watcher_.ticked(passed, counters_, last_, last_due_);
  }

  void take_seconds(std::int64_t before) {
    std::map<std::int64_t, Second> sum;
    for (; second_ < before; ++second_) {
      sum[second_];
    }
    for (const auto& worker : workers_) {
      for (const auto& [second, seen] : worker->take_before(before)) {
        sum[second].merge(seen);
      }
    }
    // Of several seconds at once, which happens when this thread was kept from running, each has its part.
    const std::uint64_t due = (counters_.due - due_before_) / std::max<std::size_t>(1, sum.size());
    due_before_ = counters_.due;
    for (const auto& [second, seen] : sum) {
      last_ = seen;
      last_due_ = due;
      if (output_) {
        output_->write(second, seen, due, counters_);
      }
    }
  }

  void check_thresholds(Duration passed) {
    for (const metrics::Threshold& threshold : test_.thresholds) {
      if (!threshold.abort_on_fail || aborted_ || passed < threshold.delay_abort_eval) {
        continue;
      }
      metrics::Store store;
      for (const auto& worker : workers_) {
        worker->add_to(store, threshold.of);
      }
      ThresholdResult judged = judge(threshold, store, test_.phases, passed);
      if (judged.verdict == Verdict::failed) {
        judged.aborted = true;
        aborted_ = judged;
        watcher_.aborted(judged);
      }
    }
  }

  Result result() {
    const Duration lasted = monotonic_now() - start_;
    tick(lasted);
    Result result{.name = test_.name,
                  .title = test_.title,
                  .summary = test_.summary,
                  .url = url(),
                  .version = FAULTLINE_VERSION,
                  .repeat = options_.repeat,
                  .seed = test_.seed,
                  .jobs = options_.jobs,
                  .length = test_.length(),
                  .lasted = lasted,
                  .phases = test_.phases,
                  .generator = {},
                  .thresholds = {},
                  .targets = {},
                  .metrics = {},
                  .notes = {},
                  .interrupted = stop_.requested()};
    take_seconds(std::chrono::ceil<std::chrono::seconds>(lasted).count());
    for (const auto& worker : workers_) {
      worker->add_to(result.metrics);
      result.generator.late += worker->later_than(test_.validity.late);
    }
    result.metrics.series(metrics::Kind::gauge, "vus", {}).set(static_cast<double>(counters_.users));
    result.metrics.series(metrics::Kind::gauge, "vus_max", {}).set(static_cast<double>(most_users_));
    result.generator.planned = planned_;
    result.generator.due = counters_.due + user_journeys(result.metrics);
    result.generator.started = counters_.started;
    result.generator.dropped = counters_.shed;
    result.generator.late_most = counters_.late_most;
    if (const auto lateness = result.metrics.select({"arrival_lateness"})) {
      result.generator.late_p99 = lateness->trend.histogram().percentile(99);
    }
    judge(result.generator, test_.validity);
    for (const metrics::Threshold& threshold : test_.thresholds) {
      result.thresholds.push_back(judge(threshold, result.metrics, test_.phases, lasted));
      if (aborted_ && aborted_->threshold.of == threshold.of && aborted_->threshold.text == threshold.text) {
        result.thresholds.back() = *aborted_;
      }
    }
    for (const Target& target : test_.targets) {
      result.targets.push_back(judge(target, result.metrics, test_.phases, lasted));
    }
    return result;
  }

  // Journeys of users are due when they begin, and in no schedule.
  std::uint64_t user_journeys(const metrics::Store& store) const {
    std::uint64_t journeys = 0;
    const auto all = store.select({"arrival_lateness"});
    const std::uint64_t scheduled = std::min(counters_.due, planned_);
    const std::uint64_t begun = (all ? all->trend.count() : 0) + counters_.shed;
    const bool closed = std::any_of(test_.loads.begin(), test_.loads.end(), [](const load::Load& load) {
      return load.model == load::Load::Model::closed;
    });
    if (closed && begun > scheduled) {
      journeys = begun - scheduled;
    }
    return journeys;
  }

  std::string url() const {
    const http::Url& service = options_.service;
    return fmt::format("{}://{}:{}{}", service.tls ? "https" : "http", service.host, service.port,
                       service.target);
  }

  const LoadTest& test_;
  const Options& options_;
  Watcher& watcher_;
  const Stop& stop_;
  Output* const output_;
  const std::uint64_t planned_;
  const Instant start_;
  std::vector<std::unique_ptr<Worker>> workers_;
  load::Counters counters_;
  std::uint64_t most_users_ = 0;
  std::size_t phase_ = 0;
  Duration phase_begin_{};
  std::int64_t second_ = 0;  // the first that was not taken yet
  std::optional<Second> last_;
  std::uint64_t last_due_ = 0, due_before_ = 0;
  std::optional<ThresholdResult> aborted_;
};

}  // namespace

Result run(const LoadTest& test, const Options& options, Watcher& watcher, const Stop& stop, Output* output) {
  Options with_setup = options;
  const Stop to_its_end;  // what a setup has made is taken away again, whoever asks to stop meanwhile
  const auto make_once = [&](const load::Flow& flow, const load::Journey& journey) {
    return load::make_once(flow, journey, test.seed, test.http, options.service, with_setup.secrets,
                           to_its_end);
  };
  for (const load::Flow* flow : load::flows_of(test.loads)) {
    if (flow->setup) {
      with_setup.secrets.setup[flow->name] = make_once(*flow, *flow->setup).captures;
    }
  }
  Result result = Engine(test, with_setup, watcher, stop, output).run();
  for (const load::Flow* flow : load::flows_of(test.loads)) {
    if (!flow->teardown) {
      continue;
    }
    try {
      make_once(*flow, *flow->teardown);
    } catch (const EnvironmentError& error) {
      result.notes.emplace_back(error.what());  // the load has ended, and what it saw is worth having
    }
  }
  return result;
}

}  // namespace faultline::loadtest
