#include "loadtest/recorder.h"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::loadtest {
namespace {

using metrics::Kind;

// What a request ended with, as a number that fits beside its phase: its status, or why there is none.
std::uint64_t ending_of(const load::RequestRecord& record) {
  constexpr std::uint64_t kFailures = 1000;
  const std::uint64_t end = record.status ? static_cast<std::uint64_t>(*record.status)
                                          : kFailures + static_cast<std::uint64_t>(record.failure);
  return end * 2 + (record.expected ? 1 : 0);
}

}  // namespace

void Second::merge(const Second& other) {
  started += other.started;
  dropped += other.dropped;
  requests += other.requests;
  unexpected += other.unexpected;
  for (const auto& [why, count] : other.errors) {
    errors[why] += count;
  }
  checks_failed += other.checks_failed;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  latency.merge(other.latency);
}

Recorder::Recorder(const std::vector<load::Load>& loads, const std::vector<load::Phase>& phases,
                   Instant start)
    : phases_(phases), start_(start) {
  Duration end{};
  for (const load::Phase& phase : phases) {
    ends_.push_back(end += phase.length);
  }
  // A counter of what never happens is 0, and not absent.
  store_.series(Kind::counter, "dropped_iterations", {});
  for (const load::Load& load : loads) {
    for (const load::Journey& journey : load.flow.journeys) {
      for (const load::Step& step : journey.steps) {
        if (const auto* request = std::get_if<load::RequestStep>(&step)) {
          for (const load::Measure& measure : request->measures) {
            if (measure.kind == Kind::counter) {
              store_.series(Kind::counter, measure.metric, {});
            }
          }
        }
      }
    }
  }
}

std::size_t Recorder::phase_at(Instant when) const {
  const auto end = std::upper_bound(ends_.begin(), ends_.end(), when - start_);
  return std::min(static_cast<std::size_t>(end - ends_.begin()), ends_.size() - 1);
}

Second& Recorder::second_of(Instant when) {
  return seconds_[std::max(taken_, std::chrono::floor<std::chrono::seconds>(when - start_).count())];
}

Recorder::RequestSeries Recorder::make_series(const metrics::Tags& tags) {
  const auto counter = [&](const char* name) { return &store_.series(Kind::counter, name, tags); };
  const auto trend = [&](const char* name) { return &store_.series(Kind::trend, name, tags); };
  return {.reqs = counter("http_reqs"),
          .failed = &store_.series(Kind::rate, "http_req_failed", tags),
          .duration = trend("http_req_duration"),
          .service = trend("http_req_service_time"),
          .blocked = trend("http_req_blocked"),
          .connecting = trend("http_req_connecting"),
          .handshaking = trend("http_req_tls_handshaking"),
          .sending = trend("http_req_sending"),
          .waiting = trend("http_req_waiting"),
          .receiving = trend("http_req_receiving"),
          .sent = counter("data_sent"),
          .received = counter("data_received"),
          .tags = tags,
          .checks = {},
          .measures = {}};
}

Recorder::RequestSeries& Recorder::series_of(const load::RequestRecord& record) {
  const std::size_t phase = phase_at(record.due);
  auto& by_ending = requests_[&record.request];
  const std::uint64_t key = ending_of(record) * ends_.size() + phase;
  const auto found = by_ending.find(key);
  if (found != by_ending.end()) {
    return found->second;
  }
  metrics::Tags tags(record.request.tags.begin(), record.request.tags.end());
  tags["phase"] = phases_[phase].name;
  tags["flow"] = record.arrival.flow;
  tags["journey"] = record.arrival.journey;
  tags["name"] = record.request.route;
  tags["method"] = record.request.method;
  tags["expected_response"] = record.expected ? "true" : "false";
  if (record.status) {
    tags["status"] = std::to_string(*record.status);
  } else {
    tags["error"] = to_text(record.failure);
  }
  return by_ending.emplace(key, make_series(tags)).first->second;
}

Recorder::JourneySeries& Recorder::series_of(const load::Arrival& arrival) {
  auto& by_phase = journeys_[arrival.flow][arrival.journey];
  const auto found = by_phase.find(arrival.phase);
  if (found != by_phase.end()) {
    return found->second;
  }
  const metrics::Tags tags = {{"phase", arrival.phase}, {"flow", arrival.flow}, {"journey", arrival.journey}};
  return by_phase
      .emplace(arrival.phase,
               JourneySeries{.iterations = &store_.series(Kind::counter, "iterations", tags),
                             .duration = &store_.series(Kind::trend, "iteration_duration", tags),
                             .failed = &store_.series(Kind::rate, "iteration_failed", tags),
                             .dropped = &store_.series(Kind::counter, "dropped_iterations", tags),
                             .lateness = &store_.series(Kind::trend, "arrival_lateness", tags)})
      .first->second;
}

void Recorder::arrival_started(const load::Arrival& arrival, Instant due, Duration late) {
  ++started_;
  lateness_.record(late);
  series_of(arrival).lateness->trend.record(late);
  ++second_of(due + late).started;
}

void Recorder::arrival_shed(const load::Arrival& arrival, Instant due) {
  series_of(arrival).dropped->add();
  ++second_of(due).dropped;
}

void Recorder::request_finished(const load::RequestRecord& record) {
  RequestSeries& series = series_of(record);
  const http::Exchange& exchange = record.exchange;
  series.reqs->add();
  series.failed->pass(!record.expected);
  if (const auto latency = record.latency()) {
    series.duration->trend.record(*latency);
    series.service->trend.record(exchange.timings.sending + exchange.timings.waiting +
                                 exchange.timings.receiving);
    series.blocked->trend.record(exchange.timings.blocked);
    series.connecting->trend.record(exchange.timings.connecting);
    series.handshaking->trend.record(exchange.timings.handshaking);
    series.sending->trend.record(exchange.timings.sending);
    series.waiting->trend.record(exchange.timings.waiting);
    series.receiving->trend.record(exchange.timings.receiving);
  }
  series.sent->add(static_cast<double>(exchange.bytes_sent));
  series.received->add(static_cast<double>(exchange.bytes_received));
  for (const auto& [check, held] : record.checks) {
    metrics::Series*& place = series.checks[check];
    if (!place) {
      metrics::Tags tags = series.tags;
      tags["check"] = check->name;
      place = &store_.series(Kind::rate, "checks", tags);
    }
    place->pass(held);
  }
  for (const auto& [measure, value] : record.measures) {
    metrics::Series*& place = series.measures[measure];
    if (!place) {
      place = &store_.series(measure->kind, measure->metric, series.tags);
    }
    if (measure->kind == Kind::rate) {
      place->pass(value != 0);
    } else if (measure->kind == Kind::trend) {
      place->trend.record(value);
    } else {
      place->add(value);
    }
  }
  add_to_second(record);
}

void Recorder::add_to_second(const load::RequestRecord& record) {
  Second& second = second_of(record.finished);
  ++second.requests;
  if (const auto latency = record.latency()) {
    second.latency.record(*latency);
    second.unexpected += record.expected ? 0 : 1;
  } else {
    ++second.errors[std::string(to_text(record.failure))];
  }
  second.checks_failed += static_cast<std::uint64_t>(
      std::count_if(record.checks.begin(), record.checks.end(), [](const auto& each) { return !each.held; }));
  second.bytes_sent += record.exchange.bytes_sent;
  second.bytes_received += record.exchange.bytes_received;
}

void Recorder::arrival_finished(const load::OutcomeRecord& record) {
  JourneySeries& series = series_of(record.arrival);
  series.iterations->add();
  series.duration->trend.record(record.finished - record.due);
  series.failed->pass(!record.complete);
}

std::map<std::int64_t, Second> Recorder::take_before(std::int64_t second) {
  std::map<std::int64_t, Second> taken;
  while (!seconds_.empty() && seconds_.begin()->first < second) {
    taken.insert(seconds_.extract(seconds_.begin()));
  }
  taken_ = std::max(taken_, second);
  return taken;
}

std::uint64_t Recorder::later_than(Duration limit) const {
  return lateness_.above(limit);
}

}  // namespace faultline::loadtest
