#include "run/load_recorder.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "loop/loop.h"

namespace faultline::run {

using nlohmann::ordered_json;

namespace {

// The names under which the flows capture what identifies a run.
constexpr std::string_view kJob = "jobId";
constexpr std::string_view kExecution = "executionId";

std::string captured(const load::Captures& captures, std::string_view name) {
  const auto found =
      std::find_if(captures.begin(), captures.end(), [&](const auto& each) { return each.first == name; });
  return found == captures.end() ? "" : found->second;
}

// By the name that the flow's request has in results, which is the request as written unless the flow says otherwise.
bool registers_a_webhook(const load::RequestRecord& record) {
  return record.request.method == "POST" && record.request.route.ends_with("/webhooks") &&
         record.outcome == load::Outcome::acked && !record.redirected;
}

std::string tenant_of(const load::Arrival& arrival) {
  const std::string* tenant = arrival.datum("tenant");
  return tenant ? *tenant : "";
}

// Of one that a user makes no plan has the rest.
ordered_json fields_of(const load::Arrival& arrival, Duration due) {
  ordered_json fields = {
      {"k", arrival.number}, {"phase", arrival.phase}, {"journey", arrival.journey}, {"due", seconds(due)}};
  if (const auto iteration = load::iteration_of(arrival.number)) {
    fields["user"] = iteration->user;
    fields["iteration"] = iteration->number;
    fields["flow"] = arrival.flow;
    ordered_json data = ordered_json::object();
    for (const auto& [name, value] : arrival.data) {
      data[name] = value;
    }
    fields["data"] = std::move(data);
    fields["traceparent"] = arrival.traceparent;
  }
  return fields;
}

// Of two attempts: done if one was done, and not done only if neither may have been.
load::Outcome best_known(load::Outcome a, load::Outcome b) {
  using enum load::Outcome;
  if (a == acked || b == acked) {
    return acked;
  }
  return a == unknown || b == unknown ? unknown : failed;
}

}  // namespace

LoadRecorder::LoadRecorder(const PhaseClock& clock, Journal& journal, ArrivalCauses& causes, bool keep_ended)
    : clock_(clock),
      start_(clock.start()),
      journal_(journal.producer("load")),
      causes_(causes),
      keep_ended_(keep_ended) {}

void LoadRecorder::arrival_started(const load::Arrival& arrival, Instant due, Duration late) {
  causes_.started(arrival);
  ordered_json fields = fields_of(arrival, due - start_);
  fields["late"] = seconds(late);
  journal_.write("arrival", due + late, fields);
}

void LoadRecorder::arrival_shed(const load::Arrival& arrival, Instant due) {
  ordered_json fields = fields_of(arrival, due - start_);
  fields["shed"] = true;
  journal_.write("arrival", monotonic_now(), fields);
}

void LoadRecorder::note_webhooks(const load::RequestRecord& record) {
  if (registers_a_webhook(record)) {
    registered_.try_emplace(tenant_of(record.arrival), record.finished);
  }
  if (!captured(record.captures, kExecution).empty()) {
    run_asked_for_.try_emplace(record.arrival.number, record.sent.value_or(record.due));
  }
}

bool LoadRecorder::announced(std::uint64_t arrival, const std::string& tenant) const {
  const auto registered = registered_.find(tenant);
  const auto asked_for = run_asked_for_.find(arrival);
  return registered != registered_.end() && asked_for != run_asked_for_.end() &&
         registered->second <= asked_for->second;
}

void LoadRecorder::request_finished(const load::RequestRecord& record) {
  note_webhooks(record);
  for (const auto& [name, value] : record.captures) {
    causes_.given(record.arrival.number, value);
  }
  if (keep_ended_ && !record.redirected) {
    const auto [known, added] =
        of_request_[record.arrival.number].emplace(record.request.route, record.outcome);
    if (!added) {
      known->second = best_known(known->second, record.outcome);
    }
  }
  ordered_json fields = {{"k", record.arrival.number},
                         {"route", record.request.route},
                         {"attempt", record.attempt},
                         {"phase", clock_.phase_at(record.due)},
                         {"due", seconds(record.due - start_)}};
  if (const auto latency = record.latency()) {
    fields["latency"] = seconds(*latency);
  }
  fields["status"] = record.status.value_or(0);
  fields["failure"] = to_text(record.failure);
  fields["expected"] = record.expected;
  fields["outcome"] = to_text(record.outcome);
  if (!record.checks.empty()) {
    const auto passed = std::count_if(record.checks.begin(), record.checks.end(),
                                      [](const load::CheckResult& each) { return each.held; });
    fields["checks"] = {{"passed", passed}, {"failed", std::ssize(record.checks) - passed}};
  }
  if (record.answered_alike) {
    fields["alike"] = *record.answered_alike;
  }
  journal_.write("request", record.finished, fields);
}

void LoadRecorder::arrival_finished(const load::OutcomeRecord& record) {
  causes_.settled(record.arrival.number);
  ordered_json captures = ordered_json::object();
  for (const auto& [name, value] : record.captures) {
    captures[name] = value;
  }
  journal_.write("outcome", monotonic_now(),
                 {{"k", record.arrival.number},
                  {"phase", record.arrival.phase},
                  {"journey", record.arrival.journey},
                  {"outcome", to_text(record.outcome)},
                  {"captures", captures}});
  if (keep_ended_) {
    Ended ended{record.arrival, record.outcome, {}, record.captures};
    if (auto node = of_request_.extract(record.arrival.number)) {
      ended.of_request = std::move(node.mapped());
    }
    ended_.push_back(std::move(ended));
  }
  AcceptedRun run{record.arrival.number, record.arrival.phase, tenant_of(record.arrival),
                  captured(record.captures, kJob), captured(record.captures, kExecution)};
  if (!run.job.empty() && !run.execution.empty()) {
    run.announced = announced(run.arrival, run.tenant);
    accepted_.push_back(std::move(run));
  }
  run_asked_for_.erase(record.arrival.number);
}

}  // namespace faultline::run
