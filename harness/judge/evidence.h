#pragma once
// A journal, read once into what the judgements ask for. docs/journal.md says what each record means.

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "load/observer.h"
#include "result/result.h"
#include "webhook_receiver/attempt.h"

namespace faultline::judge {

// Every time is a distance from the start of the run.

struct PhaseEdge {
  std::string phase;
  bool begins = false;  // false: ends
  Duration at{};
  Duration waited{};   // of an end: beyond its time, for the arrivals before the boundary to end
  bool early = false;  // of an end: before its time, since everything had ended
};

struct FaultSwitch {
  std::string fault;
  bool on = false;
  std::string why;
  Duration at{};
};

/// The first time that a fault acted on a connection.
struct Decision {
  std::string fault;
  Duration at{};
};

struct Arrival {
  std::uint64_t number = 0;
  std::string phase;
  Duration due{};
  bool shed = false;
  Duration late{};  // of one that was started
};

struct Request {
  std::string phase;  // in which it was due
  Duration due{};
  std::optional<Duration> latency;  // absent: no answer
  int status = 0;                   // of the answer
  bool expected = false;            // the status is one that the flow expects
  bool unknown = false;             // it may have been done
  std::uint64_t arrival = 0;
  std::string route;
  std::optional<bool> alike;  // of a repeat: whether it was answered as the first was
  std::uint64_t checks_passed = 0, checks_failed = 0;

  bool answered() const { return latency.has_value(); }
  bool error() const { return !answered() || !expected; }
};

/// An action has begun.
struct StepBegin {
  std::size_t step = 0;
  Duration at{};
};

/// An action has ended.
struct StepEnd {
  std::size_t step = 0;
  bool ok = false;
  std::string text;
  Duration at{};
};

struct ProbeLook {
  std::size_t step = 0;
  bool at_rest = false;
  bool seen = false;
  std::string text;
  Duration after{};  // from the start of the watch
};

/// A reconciliation that the service accepted, and how it stood when the collector last asked.
struct AcceptedRun {
  std::uint64_t arrival = 0;
  std::string phase;
  std::string job;
  std::string status;
  std::string execution;
  bool announced = false;  // its tenant had a webhook registered when it was asked for

  bool completed() const { return status == "completed"; }
  bool ended() const { return completed() || status == "failed"; }
};

/// How often the service had asked each dependency for something when a phase began or ended.
struct CallsAtEdge {
  std::string phase;
  bool begins = false;
  std::map<std::string, std::uint64_t> calls;
};

/// The number that was found for an arrival.
struct Counted {
  std::size_t count = 0;  // index into Scenario::counts
  std::uint64_t arrival = 0;
  load::Outcome outcome = load::Outcome::acked;
  std::optional<std::int64_t> value;
  std::string problem;  // why there is none
};

/// What the service reported of a completed one.
struct Report {
  std::uint64_t arrival = 0;
  std::string job;
  nlohmann::ordered_json summary;
  bool stale = false;
};

/// What another tenant was answered who asked for something of an accepted run's.
struct Stranger {
  std::uint64_t arrival = 0;
  std::string target, tenant;
  int status = 0;  // 0: no answer
};

/// The step whose failure ended the run.
struct StoppedAt {
  std::size_t step = 0;
  bool at_rest = false;
};

/// What the receiver saw, with instants counted from the start of the run.
struct Webhooks {
  std::vector<webhook_receiver::Attempt> attempts;  // in the order in which they came
  std::optional<std::uint64_t> not_noted;  // how many more came; absent: the log does not go to its end
};

/// From `at` on an alert is as it says.
struct AlertState {
  std::string alert;
  bool firing = false;
  Duration at{};
};

/// A receiver was told of an alert.
struct Notification {
  std::string receiver;
  std::string alert;
  bool firing = false;  // false: that it is over
  Duration at{};
};

/// What Prometheus knew.
struct Alerts {
  std::vector<AlertState> states;  // each alert's changes, in their order; before its first it does not fire
  std::vector<Notification> notifications;
  std::optional<Duration> until;  // it is known up to here; absent: nothing is
  std::uint64_t scrapes = 0;      // that reached the service
};

struct Evidence {
  std::optional<std::uint64_t> planned_arrivals;
  std::vector<PhaseEdge> phases;
  std::vector<FaultSwitch> faults;
  std::vector<Decision> decisions;
  std::map<std::string, std::string> not_made;  // a fault that could not be made, and why
  std::vector<Arrival> arrivals;
  std::vector<Request> requests;
  std::vector<StepBegin> step_begins;
  std::vector<StepEnd> steps;
  std::vector<ProbeLook> probes;
  std::vector<AcceptedRun> runs;
  std::vector<Report> reports;
  std::vector<Counted> counted;
  std::vector<Stranger> strangers;
  std::vector<CallsAtEdge> calls;
  Webhooks webhooks;
  Alerts alerts;
  result::KnownCauses causes;                    // of all dependencies together
  std::optional<nlohmann::ordered_json> ledger;  // what a report must say
  std::optional<int> interrupted;                // the signal
  std::optional<StoppedAt> stopped;
};

/// Kinds that no judgement asks for are passed over. Throws EnvironmentError, naming the record, when a field is
/// missing or has the wrong type: then it is no journal of ours, or was changed since.
Evidence read_evidence(const std::vector<nlohmann::ordered_json>& journal);

}  // namespace faultline::judge
