// What the rules of a real Prometheus made of the run.
//
// An alert fires within its time when it does so for the first time after something had gone wrong: from the first fault that
// acted, or the first step that made the incident. One that fired before that is a false alarm. It clears within its time
// when, from the moment nothing was wrong any more, it is so long until it does not fire for the rest of the run.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/units.h"
#include "judge/incident.h"
#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using result::Check;
using result::Verdict;
using scenario::AlertExpectation;
using scenario::Scenario;

/// When one alert fired, from and to; the last may go on until the end of what is known.
struct Firing {
  Duration from{};
  std::optional<Duration> to;
};

std::vector<Firing> firings_of(const std::string& alert, const Alerts& alerts) {
  std::vector<Firing> list;
  for (const AlertState& state : alerts.states) {
    const bool fires = !list.empty() && !list.back().to;
    if (state.alert != alert || state.firing == fires) {
      continue;
    }
    if (state.firing) {
      list.push_back({.from = state.at, .to = std::nullopt});
    } else {
      list.back().to = state.at;
    }
  }
  return list;
}

std::string threshold_note(const Scenario& scenario, const std::string& alert) {
  const auto& thresholds = scenario.monitoring->thresholds;
  const auto own = thresholds.find(alert);
  return own == thresholds.end()
             ? ""
             : fmt::format("with {} for its threshold in the place of the rule's", own->second);
}

// By how much it was in time, or too late.
void compare(Duration took, Duration within, Check& check) {
  const bool held = took <= within;
  check.verdict = held ? Verdict::held : Verdict::failed;
  check.actual = to_display(took);
  check.margin = to_display(held ? within - took : took - within) + (held ? " left" : " over");
}

void judge_firing(const AlertExpectation& wanted, const Scenario& scenario, const Evidence& evidence,
                  Check& check) {
  check.target = "within " + to_display(*wanted.fires_within);
  check.detail = threshold_note(scenario, wanted.name);
  const auto began = incident_began(scenario, evidence);
  if (!began) {
    check.verdict = all_taken_out(scenario) ? Verdict::failed : Verdict::invalid;
    check.actual = "nothing to fire for";
    check.detail = "no fault acted, and no step made an incident";
    return;
  }
  const std::vector<Firing> firings = firings_of(wanted.name, evidence.alerts);
  check.verdict = Verdict::failed;
  if (firings.empty()) {
    check.actual = "never";
    return;
  }
  if (firings.front().from < *began) {
    check.actual = "before";
    check.detail = fmt::format("it fired at {} already, and nothing went wrong before {}",
                               to_display(firings.front().from), to_display(*began));
    return;
  }
  compare(firings.front().from - *began, *wanted.fires_within, check);
}

void judge_clearing(const AlertExpectation& wanted, const Scenario& scenario, const Evidence& evidence,
                    Check& check) {
  check.target = "within " + to_display(*wanted.clears_within);
  check.verdict = Verdict::failed;
  const std::vector<Firing> firings = firings_of(wanted.name, evidence.alerts);
  const Lift lift = find_lift(scenario, evidence);
  if (firings.empty()) {
    check.actual = "it never fired";
  } else if (!lift.never.empty()) {
    check.actual = "not cleared";
    check.detail =
        fmt::format("the fault was never lifted: '{}' was on until the end of the run", lift.never);
  } else if (!lift.at) {
    check.verdict = all_taken_out(scenario) ? Verdict::failed : Verdict::invalid;
    check.actual = "nothing to clear after";
    check.detail = "no fault was on, and nothing was mitigated";
  } else if (!firings.back().to) {
    check.actual = "not cleared";
    check.detail = fmt::format("it still fired at the end, {} after the fault was lifted",
                               to_display(std::max(Duration::zero(), *evidence.alerts.until - *lift.at)));
  } else {
    compare(std::max(Duration::zero(), *firings.back().to - *lift.at), *wanted.clears_within, check);
  }
}

void judge_told(const AlertExpectation& wanted, const Evidence& evidence, Check& check) {
  check.target = wanted.to;
  std::set<std::string> told;
  for (const Notification& notification : evidence.alerts.notifications) {
    if (notification.alert == wanted.name && notification.firing) {
      told.insert(notification.receiver);
    }
  }
  check.actual = told.empty() ? "nobody" : fmt::format("{}", fmt::join(told, ", "));
  check.verdict = told.contains(wanted.to) ? Verdict::held : Verdict::failed;
}

// That of these alerts none fires.
void judge_silence(const std::vector<std::string>& names, const Evidence& evidence, Check& check) {
  check.target = "never";
  check.actual = "never";
  for (const std::string& name : names) {
    const std::vector<Firing> firings = firings_of(name, evidence.alerts);
    if (!firings.empty()) {
      check.verdict = Verdict::failed;
      check.actual = fmt::format("{} at {}", name, to_display(firings.front().from));
      return;
    }
  }
}

}  // namespace

void judge_alerts(const Scenario& scenario, const Evidence& evidence, result::Result& result) {
  const auto add = [&](std::string what, const auto& judge_one) {
    Check check{.kind = "expectation", .what = std::move(what), .where = "run"};
    const Alerts& alerts = evidence.alerts;
    judge_one(check);
    if (!alerts.until || alerts.scrapes == 0) {
      check.verdict = Verdict::invalid;
      check.actual = alerts.until ? "nothing was scraped" : "Prometheus said nothing";
      check.margin.clear();
      check.detail = "what it would have made of the run is not known";
    }
    result.checks.push_back(std::move(check));
  };
  for (const AlertExpectation& wanted : scenario.alerts) {
    if (wanted.name.empty()) {
      std::vector<std::string> names;
      names.reserve(scenario.monitoring->suite.alerts.size());
      for (const promql::Alert& alert : scenario.monitoring->suite.alerts) {
        names.push_back(alert.name);
      }
      add("no alert fires", [&](Check& check) { judge_silence(names, evidence, check); });
    } else if (wanted.never) {
      add(fmt::format("alert {} does not fire", wanted.name),
          [&](Check& check) { judge_silence({wanted.name}, evidence, check); });
    }
    if (wanted.fires_within) {
      add(fmt::format("alert {} fires", wanted.name),
          [&](Check& check) { judge_firing(wanted, scenario, evidence, check); });
    }
    if (wanted.clears_within) {
      add(fmt::format("alert {} clears", wanted.name),
          [&](Check& check) { judge_clearing(wanted, scenario, evidence, check); });
    }
    if (!wanted.to.empty()) {
      add(fmt::format("alert {} is told to somebody", wanted.name),
          [&](Check& check) { judge_told(wanted, evidence, check); });
    }
  }
}

}  // namespace faultline::judge
