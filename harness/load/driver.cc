#include "load/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "core/assert.h"
#include "core/error.h"
#include "load/flow_request.h"
#include "load/recent_latency.h"

namespace faultline::load {
namespace {

using Json = nlohmann::json;

// A string as it is, a number or a boolean as JSON writes it; nothing for null, an array, an object.
std::optional<std::string> text_at(const Json& document, const std::string& pointer) {
  const Json::json_pointer path(pointer);
  if (!document.contains(path)) {
    return std::nullopt;
  }
  const Json& value = document.at(path);
  if (value.is_string()) {
    return value.get<std::string>();
  }
  return value.is_number() || value.is_boolean() ? std::optional(value.dump()) : std::nullopt;
}

template <typename List>
auto find(List& captures, const std::string& name) {
  return std::find_if(captures.begin(), captures.end(),
                      [&](const auto& capture) { return capture.first == name; });
}

// Whether the service says with it that it has not done what it was asked. One that failed at it (500), or did not answer
// a gateway (502, 504), may have done it all the same.
bool refuses(int status) {
  return (status >= 400 && status < 500) || status == 501 || status == 503 || status == 505;
}

Outcome outcome_of(const http::Exchange& exchange, bool expected) {
  switch (exchange.failure) {
    case http::Failure::none:
      return expected                            ? Outcome::acked
             : refuses(exchange.response.status) ? Outcome::failed
                                                 : Outcome::unknown;
    case http::Failure::refused:
    case http::Failure::connect_timeout:
    case http::Failure::tls:
      return Outcome::failed;
    case http::Failure::reset:
    case http::Failure::timeout:
    case http::Failure::malformed:
      return Outcome::unknown;
  }
  return Outcome::unknown;
}

// The flow and the journey of an arrival.
struct Script {
  const Flow* flow = nullptr;
  const Journey* journey = nullptr;
};

// An arrival under way.
struct Flight {
  Flight(const Arrival& its_arrival, const Journey& its_journey, Instant its_due, Clock& clock)
      : arrival(its_arrival), journey(its_journey), due(its_due), timer(clock) {}

  const Arrival& arrival;
  const Journey& journey;
  std::size_t step = 0;
  std::uint32_t attempt = 1;         // of the request that is the step
  Instant due;                       // of the step
  bool awaiting = false;             // a request was sent and is not finished
  Outcome outcome = Outcome::acked;  // by the last request
  Captures captures;
  Timer timer;

  const RequestStep& request() const { return std::get<RequestStep>(journey.steps[step]); }
};

}  // namespace

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::acked:
      return "acked";
    case Outcome::failed:
      return "failed";
    case Outcome::unknown:
      return "unknown";
  }
  return "";
}

// Owned by the driver. A sender's callback may outlive it, so callbacks hold it weakly and name their arrival
// by its number: what is no longer there, or no longer in flight, they leave alone.
class Driver::Run : public std::enable_shared_from_this<Driver::Run> {
 public:
  Run(Clock& clock, Sender& sender, std::vector<Load> loads, std::vector<Arrival> plan, Secrets secrets,
      Observer& observer, DriverLimits limits)
      : clock_(clock),
        sender_(sender),
        loads_(std::move(loads)),
        plan_(std::move(plan)),
        secrets_(std::move(secrets)),
        observer_(observer),
        limits_(std::move(limits)),
        timer_(clock),
        drain_timer_(clock) {
    for (const Load& load : loads_) {
      for (const Journey& journey : load.flow.journeys) {
        scripts_.emplace(std::pair(load.flow.name, journey.name), Script{&load.flow, &journey});
      }
      require_environment(load.flow);
    }
    for (const Arrival& arrival : plan_) {
      require_api_key(arrival);
    }
    counters_.planned = plan_.size();
  }

  void start(Instant begin, std::function<void()> finished) {
    FAULTLINE_ASSERT(!finished_, "a driver starts once");
    begin_ = begin;
    finished_ = std::move(finished);
    timer_.call_at(plan_.empty() ? begin : begin + plan_.front().at, weak([](Run& run) { run.start_due(); }));
  }

  void stop() {
    FAULTLINE_ASSERT(finished_, "a driver is stopped after it was started");
    if (stopped_ || told_finished_) {
      return;
    }
    counters_.due = due_by_now();
    stopped_ = true;
    next_ = plan_.size();
    waiting_.clear();
    // Either call comes from the clock, since `finished` must not be called from here.
    timer_.call_at(clock_.now(), weak([](Run& run) { run.finish_if_done(); }));
    drain_timer_.call_at(clock_.now() + limits_.drain, weak([](Run& run) { run.end_all(); }));
  }

  bool settled() const {
    FAULTLINE_ASSERT(finished_, "a driver settles after it was started");
    return flights_.empty() && waiting_.empty() && (next_ == plan_.size() || plan_[next_].at >= next_gate());
  }

  void open(Duration later) {
    FAULTLINE_ASSERT(finished_ && gates_opened_ < limits_.gates.size(), "there is a gate to open");
    ++gates_opened_;
    begin_ += later;
    if (!stopped_ && !told_finished_) {
      timer_.call_at(clock_.now(), weak([](Run& run) { run.start_due(); }));
    }
  }

  Counters counters() {
    Counters now = counters_;
    now.due = stopped_ ? counters_.due : due_by_now();
    now.in_flight = flights_.size();
    now.recent_p95 = recent_.percentile(clock_.now(), 95);
    return now;
  }

 private:
  const Script& script(const Arrival& arrival) const {
    const auto found = scripts_.find({arrival.flow, arrival.journey});
    FAULTLINE_ASSERT(found != scripts_.end(), "the plan has a journey that no load of it has");
    return found->second;
  }

  void require_environment(const Flow& flow) const {
    for (const std::string& name : flow.environment) {
      if (!secrets_.environment.contains(name)) {
        throw EnvironmentError(fmt::format("flow '{}' needs the environment variable {}", flow.name, name),
                               fmt::format("set {} and run it again", name));
      }
    }
  }

  void require_api_key(const Arrival& arrival) const {
    if (!script(arrival).flow->wants_api_key) {
      return;
    }
    const std::string* tenant = arrival.datum(std::string(kTenantName));
    FAULTLINE_ASSERT(tenant, "a flow with ${api_key} draws a tenant");
    if (!secrets_.api_keys.contains(*tenant)) {
      throw EnvironmentError(fmt::format("there is no API key for tenant '{}', which arrival {} belongs to",
                                         *tenant, arrival.number),
                             "give the service a key for every tenant that the flow picks");
    }
  }

  // A call that is made unless the driver is gone by then. It keeps the run alive while it lasts, since
  // `finished` may destroy the driver.
  template <typename F>
  std::function<void()> weak(F call) {
    return [self = weak_from_this(), call] {
      if (const auto run = self.lock()) {
        call(*run);
      }
    };
  }

  std::uint64_t due_by_now() const {
    if (!finished_) {
      return 0;
    }
    const Duration passed = std::min(clock_.now() - begin_, next_gate() - Duration{1});
    const auto after = std::upper_bound(plan_.begin(), plan_.end(), passed,
                                        [](Duration t, const Arrival& arrival) { return t < arrival.at; });
    return static_cast<std::uint64_t>(after - plan_.begin());
  }

  Duration next_gate() const {
    return gates_opened_ < limits_.gates.size() ? limits_.gates[gates_opened_] : Duration::max();
  }

  void start_due() {
    while (next_ < plan_.size() && plan_[next_].at < next_gate() &&
           begin_ + plan_[next_].at <= clock_.now()) {
      const Arrival& arrival = plan_[next_++];
      if (flights_.contains(arrival.after) || waits(arrival.after)) {
        waiting_.push_back(&arrival);
      } else {
        start_arrival(arrival, begin_ + arrival.at);
      }
    }
    if (next_ < plan_.size() && plan_[next_].at >= next_gate()) {
      return;  // open() goes on
    }
    if (next_ < plan_.size()) {
      timer_.call_at(begin_ + plan_[next_].at, weak([](Run& run) { run.start_due(); }));
    } else {
      finish_if_done();
    }
  }

  bool waits(std::uint64_t number) const {
    return std::any_of(waiting_.begin(), waiting_.end(),
                       [number](const Arrival* arrival) { return arrival->number == number; });
  }

  // Those that have waited for this one are due now.
  void start_after(std::uint64_t number) {
    const Instant now = clock_.now();
    const auto theirs =
        std::stable_partition(waiting_.begin(), waiting_.end(),
                              [number](const Arrival* arrival) { return arrival->after != number; });
    const std::vector<const Arrival*> due(theirs, waiting_.end());
    waiting_.erase(theirs, waiting_.end());
    for (const Arrival* arrival : due) {
      start_arrival(*arrival, now);
    }
  }

  void start_arrival(const Arrival& arrival, Instant due) {
    if (flights_.size() >= limits_.in_flight) {
      ++counters_.shed;
      observer_.arrival_shed(arrival, due);
      return start_after(arrival.number);
    }
    const Duration late = clock_.now() - due;
    ++counters_.started;
    counters_.late_most = std::max(counters_.late_most, late);
    observer_.arrival_started(arrival, due, late);
    auto flight = std::make_unique<Flight>(arrival, *script(arrival).journey, due, clock_);
    Flight& started = *flight;
    flights_.emplace(arrival.number, std::move(flight));
    make_step(started);
  }

  // Makes the step that the flight has come to, or ends it after the last one.
  void make_step(Flight& flight) {
    const auto& steps = flight.journey.steps;
    for (; flight.step < steps.size(); ++flight.step) {
      if (const auto* think = std::get_if<ThinkStep>(&steps[flight.step])) {
        flight.due += think->length;
      } else {
        flight.attempt = 1;
        return make_request(flight);
      }
    }
    // A pause at the end of a journey is a pause of its user, who asks nothing more: it is over.
    end(flight, true);
  }

  void make_request(Flight& flight) {
    if (flight.due <= clock_.now()) {
      return send(flight);
    }
    flight.timer.call_at(flight.due, weak([number = flight.arrival.number](Run& run) {
                           run.send(*run.flights_.at(number));  // whoever ends a flight takes its timer along
                         }));
  }

  void send(Flight& flight) {
    auto request = build(flight);
    if (!request) {
      return end(flight, false);
    }
    flight.awaiting = true;
    sender_.send(std::move(*request), flight.request().timeout,
                 [self = weak_from_this(), number = flight.arrival.number](const http::Exchange& exchange) {
                   const auto run = self.lock();
                   if (!run) {
                     return;
                   }
                   if (const auto found = run->flights_.find(number); found != run->flights_.end()) {
                     run->take_answer(*found->second, exchange);
                   }
                 });
  }

  // Nothing when a placeholder has no value, since an answer did not hold what should have been captured.
  std::optional<http::Request> build(const Flight& flight) const {
    const std::string number = std::to_string(flight.arrival.number);
    const Lookup lookup = [&](const std::string& name) { return value_of(name, flight, number); };
    const RequestStep& step = flight.request();
    http::Request request;
    request.method = step.method;
    auto target = expand(step.target, Encoding::target, lookup);
    if (!target) {
      return std::nullopt;
    }
    request.target = std::move(*target);
    for (const auto& [name, text] : step.headers) {
      auto value = expand(text, Encoding::header, lookup);
      if (!value) {
        return std::nullopt;
      }
      request.headers.add(name, std::move(*value));
    }
    request.headers.add("traceparent", flight.arrival.traceparent);
    if (step.body) {
      auto body = expand(*step.body, Encoding::json, lookup);
      if (!body) {
        return std::nullopt;
      }
      request.body = std::move(*body);
    }
    return request;
  }

  const std::string* value_of(const std::string& name, const Flight& flight,
                              const std::string& number) const {
    if (const auto captured = find(flight.captures, name); captured != flight.captures.end()) {
      return &captured->second;
    }
    if (const std::string* datum = flight.arrival.datum(name)) {
      return datum;
    }
    if (name == kArrivalName) {
      return &number;
    }
    if (name == kApiKeyName) {
      return &secrets_.api_keys.at(*flight.arrival.datum(std::string(kTenantName)));
    }
    if (name.starts_with(kEnvironmentPrefix)) {
      return &secrets_.environment.at(name.substr(kEnvironmentPrefix.size()));
    }
    return nullptr;
  }

  void take_answer(Flight& flight, const http::Exchange& exchange) {
    const RequestStep& request = flight.request();
    flight.awaiting = false;
    const bool expected = exchange.answered() && request.expects(exchange.response.status);
    flight.outcome = outcome_of(exchange, expected);

    Captures captured;
    bool until_met = false;
    if (expected && (!request.capture.empty() || request.repeat)) {
      const Json document = Json::parse(exchange.response.body, nullptr, false);
      captured = capture(request, document);
      until_met = request.repeat && meets(*request.repeat, document);
    }
    keep(flight, captured);
    tell(flight, exchange, expected, captured);

    flight.due = exchange.finished;
    if (request.repeat && !until_met) {
      if (flight.attempt == request.repeat->at_most) {
        return end(flight, false);
      }
      ++flight.attempt;
      flight.due += request.repeat->every;
      return make_request(flight);
    }
    if (!expected) {
      return end(flight, false);
    }
    ++flight.step;
    make_step(flight);
  }

  static Captures capture(const RequestStep& request, const Json& document) {
    Captures captured;
    for (const auto& [name, pointer] : request.capture) {
      if (auto value = text_at(document, pointer)) {
        captured.emplace_back(name, std::move(*value));
      }
    }
    return captured;
  }

  // What is captured anew takes the place of what was captured before.
  static void keep(Flight& flight, const Captures& captured) {
    for (const auto& capture : captured) {
      if (const auto before = find(flight.captures, capture.first); before != flight.captures.end()) {
        before->second = capture.second;
      } else {
        flight.captures.push_back(capture);
      }
    }
  }

  static bool meets(const Repeat& repeat, const Json& document) {
    const auto value = text_at(document, repeat.pointer);
    return value && std::find(repeat.in.begin(), repeat.in.end(), *value) != repeat.in.end();
  }

  void tell(const Flight& flight, const http::Exchange& exchange, bool expected, const Captures& captured) {
    const RequestRecord record{
        .arrival = flight.arrival,
        .request = flight.request(),
        .attempt = flight.attempt,
        .due = flight.due,
        .sent = exchange.sent == Instant{} ? std::nullopt : std::optional(exchange.sent),
        .finished = exchange.finished,
        .failure = exchange.failure,
        .status = exchange.answered() ? std::optional(exchange.response.status) : std::nullopt,
        .expected = expected,
        .outcome = flight.outcome,
        .captures = captured,
    };
    ++counters_.requests;
    counters_.errors += expected ? 0 : 1;
    if (const auto latency = record.latency()) {
      recent_.record(clock_.now(), *latency);
    }
    observer_.request_finished(record);
  }

  void end(Flight& flight, bool complete) {
    const auto node = flights_.extract(flight.arrival.number);  // the flight lives until this returns
    ++counters_.done;
    counters_.failed += flight.outcome == Outcome::acked ? 0 : 1;
    observer_.arrival_finished({
        .arrival = flight.arrival,
        .outcome = flight.outcome,
        .complete = complete,
        .stopped_at = complete ? std::string_view{} : std::string_view(flight.request().route),
        .captures = flight.captures,
    });
    start_after(flight.arrival.number);
    finish_if_done();
  }

  // Ends what has not ended in the time that stop() gave.
  void end_all() {
    while (!flights_.empty()) {
      Flight& flight = *flights_.begin()->second;
      flight.outcome = flight.awaiting ? Outcome::unknown : flight.outcome;
      end(flight, false);
    }
  }

  void finish_if_done() {
    if (next_ < plan_.size() || !waiting_.empty() || !flights_.empty() || told_finished_) {
      return;
    }
    told_finished_ = true;
    timer_.cancel();
    drain_timer_.cancel();
    // From the clock and on its own, so that whoever is calling has returned before the driver may be
    // destroyed.
    clock_.call_at(clock_.now(), [self = weak_from_this()] {
      if (const auto run = self.lock()) {
        const auto finished = run->finished_;
        finished();
      }
    });
  }

  Clock& clock_;
  Sender& sender_;
  const std::vector<Load> loads_;
  const std::vector<Arrival> plan_;
  const Secrets secrets_;
  Observer& observer_;
  const DriverLimits limits_;

  std::map<std::pair<std::string, std::string>, Script> scripts_;       // by flow and journey
  std::unordered_map<std::uint64_t, std::unique_ptr<Flight>> flights_;  // by the arrival's number
  Instant begin_{};  // of the plan's times; later by what gates have waited
  std::size_t gates_opened_ = 0;
  std::size_t next_ = 0;                 // the arrival to start next
  std::vector<const Arrival*> waiting_;  // of plan_: due, but for the arrival that they come after
  std::function<void()> finished_;
  bool stopped_ = false;
  bool told_finished_ = false;
  Timer timer_;        // the next arrival
  Timer drain_timer_;  // the end of what stop() waits for
  Counters counters_;
  RecentLatency recent_;
};

Driver::Driver(Clock& clock, Sender& sender, std::vector<Load> loads, std::vector<Arrival> plan,
               Secrets secrets, Observer& observer, DriverLimits limits)
    : run_(std::make_shared<Run>(clock, sender, std::move(loads), std::move(plan), std::move(secrets),
                                 observer, std::move(limits))) {}

Driver::~Driver() = default;

void Driver::start(Instant begin, std::function<void()> finished) {
  run_->start(begin, std::move(finished));
}

void Driver::stop() {
  run_->stop();
}

bool Driver::settled() const {
  return run_->settled();
}

void Driver::open(Duration later) {
  run_->open(later);
}

Counters Driver::counters() {
  return run_->counters();
}

}  // namespace faultline::load
