#include "judge/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "core/assert.h"

namespace faultline::judge {
namespace {

using scenario::Scenario;
using slo::Indicator;
using webhook_receiver::Attempt;
using webhook_receiver::Contract;

constexpr int kGone = 410;

bool is_good(const Request& request, const Indicator& good) {
  if (good.within) {
    return request.answered() && *request.latency <= *good.within;
  }
  if (good.status_below) {
    return request.answered() && request.status < *good.status_below;
  }
  return !request.error();
}

// In which an instant is; the last, where it is after all.
std::string_view phase_at(Duration at, const Scenario& scenario) {
  for (const scenario::Phase& phase : scenario.phases) {
    if (at < phase.end()) {
      return phase.name;
    }
  }
  return scenario.phases.empty() ? std::string_view{} : std::string_view(scenario.phases.back().name);
}

void add(Events& events, Duration at, bool good, std::string_view phase) {
  events.all.push_back({at, !good});
  events.phases.push_back(phase);
}

void add_requests(Events& events, const Indicator& good, const Evidence& evidence) {
  for (const Request& request : evidence.requests) {
    add(events, request.due, is_good(request, good), request.phase);
  }
}

// When each arrival was due.
std::map<std::uint64_t, Duration> due_times(const Evidence& evidence) {
  std::map<std::uint64_t, Duration> due;
  for (const Arrival& arrival : evidence.arrivals) {
    due[arrival.number] = arrival.due;
  }
  return due;
}

Duration due_of(const AcceptedRun& run, const std::map<std::uint64_t, Duration>& due,
                const Scenario& scenario) {
  if (const auto found = due.find(run.arrival); found != due.end()) {
    return found->second;
  }
  const scenario::Phase* phase = scenario.phase(run.phase);
  return phase ? phase->begin : Duration::zero();
}

void add_runs(Events& events, const Scenario& scenario, const Evidence& evidence) {
  const auto due = due_times(evidence);
  for (const AcceptedRun& run : evidence.runs) {
    add(events, due_of(run, due, scenario), run.completed(), run.phase);
  }
}

struct Delivery {
  Duration first{};
  bool gone = false;
  std::optional<Duration> delivered;  // after the first attempt
};

void note(Delivery& delivery, const Attempt& attempt, const Contract& contract) {
  if (succeeded(attempt, contract)) {
    const Duration after = *attempt.answered - (Instant{} + delivery.first);
    delivery.delivered = std::min(delivery.delivered.value_or(after), after);
  }
  delivery.gone = delivery.gone ||
                  (attempt.treatment == webhook_receiver::Treatment::answered && attempt.status == kGone);
}

void add_webhooks(Events& events, const Indicator& good, const Scenario& scenario, const Evidence& evidence) {
  if (!scenario.webhooks) {
    return;
  }
  if (const auto& not_noted = evidence.webhooks.not_noted; not_noted != 0) {
    events.unknown =
        not_noted ? fmt::format("{} webhooks were not noted", *not_noted) : "there is no log of webhooks";
    return;
  }
  const Contract& contract = scenario.webhooks->contract;
  std::vector<Delivery> deliveries;
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> known;
  std::set<std::string_view> told;  // what some attempt was about
  for (const Attempt& attempt : evidence.webhooks.attempts) {
    told.insert(attempt.subject);
    std::size_t index = deliveries.size();
    if (!attempt.delivery_id.empty()) {  // without an id nobody can tell a repeat
      index = known.try_emplace({attempt.path, attempt.delivery_id}, index).first->second;
    }
    if (index == deliveries.size()) {
      deliveries.push_back({.first = attempt.received - Instant{}, .delivered = {}});
    }
    note(deliveries[index], attempt, contract);
  }
  for (const Delivery& delivery : deliveries) {
    if (delivery.delivered || !delivery.gone) {
      const bool in_time = delivery.delivered && (!good.within || *delivery.delivered <= *good.within);
      add(events, delivery.first, in_time, phase_at(delivery.first, scenario));
    }
  }
  if (scenario.webhooks->about.empty()) {
    return;
  }
  const auto due = due_times(evidence);
  for (const AcceptedRun& run : evidence.runs) {
    if (run.announced && run.ended() && !told.contains(run.execution)) {
      add(events, due_of(run, due, scenario), false, run.phase);
    }
  }
}

void sort(Events& events) {
  std::vector<std::size_t> order(events.all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return events.all[a].at < events.all[b].at; });
  Events sorted{.unknown = std::move(events.unknown)};
  sorted.all.reserve(order.size());
  sorted.phases.reserve(order.size());
  for (const std::size_t i : order) {
    sorted.all.push_back(events.all[i]);
    sorted.phases.push_back(events.phases[i]);
  }
  events = std::move(sorted);
}

}  // namespace

Events events_of(const Indicator& good, const Scenario& scenario, const Evidence& evidence) {
  Events events;
  switch (good.of) {
    case Indicator::Of::requests:
      add_requests(events, good, evidence);
      break;
    case Indicator::Of::runs:
      add_runs(events, scenario, evidence);
      break;
    case Indicator::Of::webhooks:
      add_webhooks(events, good, scenario, evidence);
      break;
  }
  sort(events);
  return events;
}

}  // namespace faultline::judge
