#include "run/alert_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace faultline::run {

using nlohmann::json;

namespace {

constexpr Duration kStep = std::chrono::milliseconds(100);
constexpr Duration::rep kStepsAtMost = 10'000;  // Prometheus answers no more than 11 000
constexpr Duration kTelling = std::chrono::seconds(3);
constexpr Duration kBetweenLooks = std::chrono::milliseconds(50);

enum class State { inactive, pending, firing };

const char* text_of(State state) {
  switch (state) {
    case State::inactive:
      return "inactive";
    case State::pending:
      return "pending";
    case State::firing:
      return "firing";
  }
  return "";
}

bool all_told(const std::vector<scenario::AlertExpectation>& wanted, const std::vector<Told>& told) {
  return std::ranges::all_of(wanted, [&](const scenario::AlertExpectation& alert) {
    return alert.to.empty() || std::ranges::any_of(told, [&](const Told& one) {
             return one.firing && one.alert == alert.name && one.receiver == alert.to;
           });
  });
}

}  // namespace

std::vector<AlertChange> changes_of(const json& series, double from, Duration step, Duration length) {
  const auto steps = static_cast<std::size_t>(length / step) + 1;
  std::map<std::string, std::vector<State>> states;  // at each step
  for (const json& one : series) {
    const auto label = [&](const char* name) {
      return one.value(json::json_pointer(fmt::format("/metric/{}", name)), "");
    };
    auto& of = states.try_emplace(label("alertname"), steps, State::inactive).first->second;
    const State state = label("alertstate") == "firing" ? State::firing : State::pending;
    for (const json& sample : one.at("values")) {
      const auto at = static_cast<std::size_t>(
          std::max(0.0, std::round((sample.at(0).get<double>() - from) / seconds(step))));
      if (at < steps) {
        of[at] = std::max(of[at], state);
      }
    }
  }
  std::vector<AlertChange> changes;
  for (const auto& [alert, at_step] : states) {
    State before = State::inactive;
    for (std::size_t at = 0; at < steps; ++at) {
      if (at_step[at] != before) {
        before = at_step[at];
        changes.push_back(
            {.alert = alert, .state = text_of(before), .at = static_cast<Duration::rep>(at) * step});
      }
    }
  }
  std::ranges::stable_sort(changes, {}, &AlertChange::at);
  return changes;
}

void collect_alerts(const Monitoring& monitoring, const std::vector<scenario::AlertExpectation>& wanted,
                    Instant start, Instant over, Journal::Producer& journal, const Stop& stop) {
  const Duration length = over - start;
  const Duration step = std::max(kStep, length / kStepsAtMost);
  const double scrapes =
      monitoring.value(fmt::format("sum(sum_over_time(up[{}ms]))",
                                   std::chrono::duration_cast<std::chrono::milliseconds>(length).count() + 1),
                       over);
  const json series = monitoring.range("ALERTS", start, over, step);
  for (const AlertChange& change : changes_of(series, monitoring.unix_seconds(start), step, length)) {
    journal.write(
        "observation", monotonic_now(),
        {{"of", "alert"}, {"alert", change.alert}, {"state", change.state}, {"at", seconds(change.at)}});
  }
  const Instant deadline = monotonic_now() + kTelling;
  while (!all_told(wanted, monitoring.told()) && monotonic_now() < deadline &&
         stop.wait_until(monotonic_now() + kBetweenLooks)) {
  }
  for (const Told& told : monitoring.told()) {
    journal.write("observation", monotonic_now(),
                  {{"of", "notification"},
                   {"receiver", told.receiver},
                   {"alert", told.alert},
                   {"state", told.firing ? "firing" : "resolved"},
                   {"at", seconds(told.at - start)}});
  }
  journal.write(
      "observation", monotonic_now(),
      {{"of", "prometheus"}, {"until", seconds(length)}, {"scrapes", static_cast<std::uint64_t>(scrapes)}});
}

}  // namespace faultline::run
