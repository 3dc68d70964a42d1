#include "load/flight.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "load/flow_request.h"
#include "load/redirect.h"

namespace faultline::load {
namespace {

// Where the trace id stands in a traceparent, and how much of it makes a seed.
constexpr std::size_t kTraceBegin = 3, kSeedDigits = 16;

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
    case http::Failure::redirects:
      return Outcome::unknown;
  }
  return Outcome::unknown;
}

bool meets(const Repeat& repeat, const Answer& answer) {
  const auto value = answer.text({Source::Kind::pointer, repeat.pointer});
  return value && std::find(repeat.in.begin(), repeat.in.end(), *value) != repeat.in.end();
}

double milliseconds(Duration d) {
  return seconds(d) * 1000;
}

std::optional<double> number_at(const Answer& answer, const Source& from) {
  const auto text = answer.text(from);
  double value = 0;
  if (!text) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  return error == std::errc() && end == text->data() + text->size() ? std::optional(value) : std::nullopt;
}

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

Flight::Flight(const Surroundings& around, ArrivalPtr arrival, const Journey& journey, Instant due,
               std::size_t user)
    : around_(around),
      arrival_(std::move(arrival)),
      journey_(journey),
      user_(user),
      first_due_(due),
      number_(std::to_string(arrival_->number)),
      due_(due),
      timer_(around.clock) {}

void Flight::start() {
  make_step();
}

void Flight::cut() {
  outcome_ = awaiting_ ? Outcome::unknown : outcome_;
  end(false);
}

void Flight::abandon() {
  ended_ = true;
  timer_.cancel();
}

// Drawn from the trace id, so that a plan holds all that a journey depends on.
Duration Flight::think(const ThinkStep& step) const {
  if (step.least == step.most) {
    return step.least;
  }
  Seed seed = 0;
  const char* const digits = arrival_->traceparent.data() + kTraceBegin;
  std::from_chars(digits, digits + kSeedDigits, seed, 16);
  return step.least + from_seconds(Draws(seed, "think", step_).unit() * seconds(step.most - step.least));
}

// Makes the step that the flight has come to, or ends it after the last one.
void Flight::make_step() {
  const auto& steps = journey_.steps;
  for (; step_ < steps.size(); ++step_) {
    if (const auto* pause = std::get_if<ThinkStep>(&steps[step_])) {
      due_ += think(*pause);
    } else {
      attempt_ = 1;
      begun_.emplace_back(&request(), due_);
      return make_request();
    }
  }
  // A pause at the end of a journey is a pause of its user, who asks nothing more: it is over.
  end(true);
}

void Flight::make_request() {
  asked_ = due_;
  followed_ = 0;
  redirected_.reset();
  if (due_ <= around_.clock.now()) {
    return ask();
  }
  timer_.call_at(due_, [this] { ask(); });  // whoever ends a flight takes its timer along
}

void Flight::ask() {
  auto made = build();
  return made ? send(std::move(*made)) : end(false);
}

void Flight::send(http::Request made) {
  std::string cookies = cookies_.to_field(around_.sender.service().origin, made.target, around_.clock.now());
  if (!cookies.empty() && !made.headers.has("Cookie")) {
    made.headers.add("Cookie", std::move(cookies));
  }
  awaiting_ = true;
  target_ = made.target;
  repeats_.sent(made);
  around_.sender.send(std::move(made), request().timeouts,
                      [self = shared_from_this()](const http::Exchange& exchange) {
                        if (!self->ended_) {
                          self->take_answer(exchange);
                        }
                      });
}

// All but the cookies. Nothing when a placeholder has no value, since an answer did not hold what should have been captured.
std::optional<http::Request> Flight::build() const {
  const Lookup lookup = [this](const std::string& name) { return value_of(name); };
  const RequestStep& step = request();
  http::Request made;
  made.method = step.method;
  auto target = expand(step.target, Encoding::target, lookup);
  if (!target) {
    return std::nullopt;
  }
  made.target = around_.sender.service().path + *target;
  for (const auto& [name, text] : step.headers) {
    auto value = expand(text, Encoding::header, lookup);
    if (!value) {
      return std::nullopt;
    }
    made.headers.add(name, std::move(*value));
  }
  made.headers.add("traceparent", arrival_->traceparent);
  if (step.body) {
    auto body = expand(*step.body, lookup);
    if (!body) {
      return std::nullopt;
    }
    made.body = std::move(*body);
  }
  return made;
}

const std::string* Flight::value_of(const std::string& name) const {
  if (const auto captured = find(captures_, name); captured != captures_.end()) {
    return &captured->second;
  }
  if (const std::string* datum = arrival_->datum(name)) {
    return datum;
  }
  if (name == kArrivalName) {
    return &number_;
  }
  if (const auto setup = around_.secrets.setup.find(arrival_->flow); setup != around_.secrets.setup.end()) {
    if (const auto captured = setup->second.find(name); captured != setup->second.end()) {
      return &captured->second;
    }
  }
  if (name == kBoundaryName) {
    return &arrival_->traceparent;  // of characters that a boundary may have, and no other arrival's
  }
  if (name == kApiKeyName) {
    return &around_.secrets.api_keys.at(*arrival_->datum(std::string(kTenantName)));
  }
  if (name.starts_with(kEnvironmentPrefix)) {
    return &around_.secrets.environment.at(name.substr(kEnvironmentPrefix.size()));
  }
  return nullptr;
}

void Flight::take_answer(const http::Exchange& exchange) {
  const auto self = shared_from_this();  // the owner lets go of it when it ends
  awaiting_ = false;
  cookies_.take(exchange.response.headers, around_.sender.service().origin, target_, around_.clock.now());
  auto next = redirect_of(exchange);
  if (next && followed_ < request().redirects) {
    return follow(exchange, std::move(*next));
  }
  if (!next) {
    return take_last_answer(exchange);
  }
  http::Exchange given_up = exchange;
  given_up.failure = http::Failure::redirects;
  take_last_answer(given_up);
}

// Where the answer leads, if the step goes where it is led.
std::optional<http::Request> Flight::redirect_of(const http::Exchange& exchange) const {
  constexpr int kRedirect = 3, kHundred = 100;
  if (!exchange.answered() || exchange.response.status / kHundred != kRedirect || request().redirects == 0) {
    return std::nullopt;
  }
  const auto made = redirected_ ? redirected_ : build();  // nothing was captured since it was sent
  return made ? redirected(*made, exchange.response, around_.sender.service().origin) : std::nullopt;
}

void Flight::follow(const http::Exchange& exchange, http::Request next) {
  const Captures nothing_captured;
  const std::vector<CheckResult> nothing_checked;
  const std::vector<Measured> nothing_measured;
  outcome_ = Outcome::acked;
  around_.owner.request_ended({
      .arrival = *arrival_,
      .request = request(),
      .attempt = attempt_,
      .due = due_,
      .sent = exchange.sent,
      .finished = exchange.finished,
      .status = exchange.response.status,
      .expected = true,
      .redirected = true,
      .outcome = outcome_,
      .captures = nothing_captured,
      .exchange = exchange,
      .checks = nothing_checked,
      .measures = nothing_measured,
  });
  ++followed_;
  due_ = exchange.finished;
  redirected_ = std::move(next);
  send(*redirected_);
}

void Flight::take_last_answer(const http::Exchange& exchange) {
  const RequestStep& step = request();
  const bool expected = exchange.answered() && step.expects(exchange.response.status);
  outcome_ = outcome_of(exchange, expected);

  const Answer answer(exchange.response);
  const bool until_met = expected && step.repeat && meets(*step.repeat, answer);
  const bool again = step.repeat && !until_met && attempt_ < step.repeat->at_most;
  const Captures captured = expected ? capture(answer) : Captures{};
  std::vector<CheckResult> checks;
  std::vector<Measured> measures;
  if (!again && (!step.checks.empty() || !step.measures.empty())) {
    checks = check(answer, exchange);
    const bool held =
        std::all_of(checks.begin(), checks.end(), [](const CheckResult& each) { return each.held; });
    measures = measure(answer, exchange, expected && held && (!step.repeat || until_met));
  }
  keep(captured);
  around_.owner.request_ended({
      .arrival = *arrival_,
      .request = step,
      .attempt = attempt_,
      .due = due_,
      .sent = exchange.sent == Instant{} ? std::nullopt : std::optional(exchange.sent),
      .finished = exchange.finished,
      .failure = exchange.failure,
      .status = exchange.answered() ? std::optional(exchange.response.status) : std::nullopt,
      .expected = expected,
      .outcome = outcome_,
      .answered_alike = repeats_.answered_alike(exchange),
      .captures = captured,
      .exchange = exchange,
      .checks = checks,
      .measures = measures,
  });

  due_ = exchange.finished;
  if (again) {
    ++attempt_;
    due_ += step.repeat->every;
    return make_request();
  }
  if (!expected || (step.repeat && !until_met)) {
    return end(false);
  }
  ++step_;
  make_step();
}

Captures Flight::capture(const Answer& answer) const {
  Captures captured;
  for (const Capture& each : request().capture) {
    if (auto value = answer.text(each.from)) {
      captured.emplace_back(each.name, std::move(*value));
    }
  }
  return captured;
}

// What is captured anew takes the place of what was captured before.
void Flight::keep(const Captures& captured) {
  for (const auto& capture : captured) {
    if (const auto before = find(captures_, capture.first); before != captures_.end()) {
      before->second = capture.second;
    } else {
      captures_.push_back(capture);
    }
  }
}

std::vector<CheckResult> Flight::check(const Answer& answer, const http::Exchange& exchange) const {
  std::vector<CheckResult> results;
  results.reserve(request().checks.size());
  for (const Check& each : request().checks) {
    const bool held =
        exchange.answered() && each.holds(answer, exchange.response.status, exchange.finished - asked_);
    results.push_back({&each, held});
  }
  return results;
}

std::vector<Measured> Flight::measure(const Answer& answer, const http::Exchange& exchange,
                                      bool passed) const {
  std::vector<Measured> values;
  for (const Measure& each : request().measures) {
    switch (each.kind) {
      case metrics::Kind::rate: {
        bool good = passed;
        if (each.at) {
          const auto text = answer.text(*each.at);
          good = exchange.answered() && (each.in.empty() ? answer.has(*each.at)
                                                         : text && std::find(each.in.begin(), each.in.end(),
                                                                             *text) != each.in.end());
        }
        values.push_back({&each, good ? 1.0 : 0.0});
        break;
      }
      case metrics::Kind::trend:
        if (!exchange.answered()) {
          break;
        }
        if (!each.at) {
          const Instant from = each.since.empty() ? asked_ : due_of(each.since);
          values.push_back({&each, milliseconds(exchange.finished - from)});
        } else if (const auto number = number_at(answer, *each.at)) {
          values.push_back({&each, *number});
        }
        break;
      case metrics::Kind::gauge:
        break;  // a flow has none
      case metrics::Kind::counter:
        if (each.when == Measure::When::always || (each.when == Measure::When::passed) == passed) {
          values.push_back({&each, 1});
        }
        break;
    }
  }
  return values;
}

// The flow's reader sees to it that there is such a step before this one.
Instant Flight::due_of(const std::string& route) const {
  const auto found = std::find_if(begun_.rbegin(), begun_.rend(),
                                  [&](const auto& begun) { return begun.first->route == route; });
  return found == begun_.rend() ? asked_ : found->second;
}

void Flight::end(bool complete) {
  const auto self = shared_from_this();
  ended_ = true;
  timer_.cancel();
  around_.owner.flight_ended(
      *this, {
                 .arrival = *arrival_,
                 .outcome = outcome_,
                 .due = first_due_,
                 .finished = around_.clock.now(),
                 .complete = complete,
                 .stopped_at = complete ? std::string_view{} : std::string_view(request().route),
                 .captures = captures_,
             });
}

}  // namespace faultline::load
