#include "search/audit_forgery.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

namespace faultline::search {
namespace {

using nlohmann::ordered_json;
using result::Check;
using scenario::Scenario;
using scenario::Step;

constexpr double kMinute = 60;             // seconds: beyond what any request is waited for
constexpr int kTimes = 100;                // what is made too often
constexpr std::uint64_t kCalls = 1 << 30;  // more than any run makes

// What a row is made for.
enum class Per { run, phase, fault, step, count };

struct Scope {
  const Scenario& scenario;
  std::size_t index = 0;  // of the phase, fault, step or count
  std::string name;       // its name; of a run empty

  // Whether a record is of the phase; every one is of the run.
  bool has(const ordered_json& record) const { return name.empty() || record.value("phase", "") == name; }
};

bool is(const ordered_json& record, const char* kind) {
  return record.value("kind", "") == kind;
}
bool is_observation(const ordered_json& record, const char* of) {
  return is(record, "observation") && record.value("of", "") == of;
}

template <typename Change>
void each(JournalRecords& journal, const Change& change) {
  for (ordered_json& record : journal) {
    change(record);
  }
}

template <typename Change>
void each_request(JournalRecords& journal, const Scope& scope, const Change& change) {
  each(journal, [&](ordered_json& record) {
    if (is(record, "request") && scope.has(record)) {
      change(record);
    }
  });
}

// What checks a row is about.

bool of_phase(const Check& check, const Scope& scope, std::string_view metric) {
  return check.kind == "expectation" && check.where == scope.name &&
         check.what.find(metric) != std::string::npos;
}
bool is_errors(const Check& check, const Scope& scope) {
  return of_phase(check, scope, "http_req_failed");
}
bool is_unknown(const Check& check, const Scope& scope) {
  return of_phase(check, scope, "http_req_unknown");
}
bool is_duration(const Check& check, const Scope& scope) {
  return of_phase(check, scope, "http_req_duration");
}
bool is_requests(const Check& check, const Scope& scope) {
  return of_phase(check, scope, "http_reqs");
}
// Without requests there is no number at all, which fails an upper limit too, but shows nothing of it.
bool is_enough_requests(const Check& check, const Scope& scope) {
  return is_requests(check, scope) && check.what.find('<') == std::string::npos;
}
bool is_checks(const Check& check, const Scope& scope) {
  return of_phase(check, scope, "checks");
}
bool is_calls(const Check& check, const Scope& scope) {
  return of_phase(check, scope, "calls_per_arrival");
}
// A step of this kind has the kind `recovery` too.
bool is_recovery_time(const Check& check, const Scope&) {
  return check.kind == "recovery" && check.where == "run";
}
bool is_budget(const Check& check, const Scope&) {
  return check.kind == "budget";
}
bool is_recovery_time_or_budget(const Check& check, const Scope& scope) {
  return check.kind == "budget" || is_recovery_time(check, scope);
}
bool is_step(const Check& check, const Scope& scope) {
  const Step& step = scope.scenario.steps[scope.index];
  return check.kind != "validity" && check.what == step.say &&
         check.where == scope.scenario.phases[step.phase].name;
}
bool is_count(const Check& check, const Scope& scope) {
  return check.kind == "invariant" && check.what == scope.name;
}
bool is_invariant(const Check& check, scenario::Invariant invariant) {
  return check.kind == "invariant" && check.what == to_text(invariant);
}
bool is_ending(const Check& check, const Scope&) {
  return is_invariant(check, scenario::Invariant::every_accepted_run_ends);
}
bool is_completion(const Check& check, const Scope& scope) {
  return is_invariant(check, scenario::Invariant::accepted_runs_complete) && check.where == scope.name;
}
bool is_reports(const Check& check, const Scope&) {
  return is_invariant(check, scenario::Invariant::reports_match_the_ledger);
}
bool is_isolation(const Check& check, const Scope&) {
  return is_invariant(check, scenario::Invariant::no_tenant_sees_another);
}
bool is_repetition(const Check& check, const Scope&) {
  return is_invariant(check, scenario::Invariant::repeats_answered_alike);
}
bool is_loss(const Check& check, const Scope&) {
  return is_invariant(check, scenario::Invariant::no_webhook_lost);
}
bool is_identity(const Check& check, const Scope&) {
  return is_invariant(check, scenario::Invariant::webhook_repeats_carry_the_same_id);
}
bool is_backoff(const Check& check, const Scope&) {
  return is_invariant(check, scenario::Invariant::no_webhook_before_its_backoff);
}
bool is_signing(const Check& check, const Scope&) {
  return is_invariant(check, scenario::Invariant::webhook_signatures_verify);
}
bool is_of_alerts(const Check& check, std::string_view ending) {
  return check.kind == "expectation" && check.what.find("alert ") != std::string::npos &&
         check.what.ends_with(ending);
}
bool is_firing(const Check& check, const Scope&) {
  return is_of_alerts(check, " fires") && !check.what.starts_with("no ");
}
bool is_clearing(const Check& check, const Scope&) {
  return is_of_alerts(check, " clears");
}
bool is_telling(const Check& check, const Scope&) {
  return is_of_alerts(check, " is told to somebody");
}
bool is_silence(const Check& check, const Scope&) {
  return is_of_alerts(check, " does not fire") ||
         (is_of_alerts(check, " fires") && check.what.starts_with("no "));
}
bool is_validity(const Check& check, std::string_view what) {
  return check.kind == "validity" && check.what.starts_with(what);
}
bool is_acting(const Check& check, const Scope& scope) {
  return is_validity(check, fmt::format("fault '{}' acted", scope.name));
}
bool is_started(const Check& check, const Scope&) {
  return is_validity(check, "arrivals were started");
}
bool is_in_time(const Check& check, const Scope&) {
  return is_validity(check, "arrivals were at most");
}
bool is_reached(const Check& check, const Scope&) {
  return is_validity(check, "the service was reached");
}

// What is changed.

void fail_requests(JournalRecords& journal, const Scope& scope) {
  each_request(journal, scope, [](ordered_json& request) { request["expected"] = false; });
}
void mend_requests(JournalRecords& journal, const Scope& scope) {
  each_request(journal, scope, [](ordered_json& request) {
    request["expected"] = true;
    request.emplace("latency", 0.0);
  });
}
void forget_outcomes(JournalRecords& journal, const Scope& scope) {
  each_request(journal, scope, [](ordered_json& request) { request["outcome"] = "unknown"; });
}
void slow_requests(JournalRecords& journal, const Scope& scope) {
  each_request(journal, scope,
               [](ordered_json& request) { request["latency"] = request.value("latency", 0.0) + kMinute; });
}
void hasten_requests(JournalRecords& journal, const Scope& scope) {
  each_request(journal, scope, [](ordered_json& request) { request["latency"] = 0.0; });
}
void drop_requests(JournalRecords& journal, const Scope& scope) {
  std::erase_if(journal,
                [&](const ordered_json& record) { return is(record, "request") && scope.has(record); });
}
void repeat_requests(JournalRecords& journal, const Scope& scope) {
  JournalRecords requests;
  each_request(journal, scope, [&](const ordered_json& request) { requests.push_back(request); });
  for (int i = 1; i < kTimes; ++i) {
    journal.insert(journal.end(), requests.begin(), requests.end());
  }
}
void silence_requests(JournalRecords& journal, const Scope& scope) {
  each_request(journal, scope, [](ordered_json& request) {
    request.erase("latency");
    request["expected"] = false;
  });
}

// All checks of each request get the same end.
void end_checks(JournalRecords& journal, const Scope& scope, bool passed) {
  each_request(journal, scope, [&](ordered_json& request) {
    if (request.contains("checks")) {
      const std::uint64_t all =
          request["checks"].value("passed", 0ULL) + request["checks"].value("failed", 0ULL);
      request["checks"] = {{"passed", passed ? all : 0}, {"failed", passed ? 0 : all}};
    }
  });
}
void fail_checks(JournalRecords& journal, const Scope& scope) {
  end_checks(journal, scope, false);
}
void pass_checks(JournalRecords& journal, const Scope& scope) {
  end_checks(journal, scope, true);
}

// The counters of calls at the end of a phase, so much above those at its begin.
void set_calls(JournalRecords& journal, const Scope& scope, std::uint64_t calls) {
  ordered_json before = ordered_json::object();
  each(journal, [&](ordered_json& record) {
    if (!is_observation(record, "calls") || !scope.has(record)) {
      return;
    }
    if (record["edge"] == "begin") {
      before = record["calls"];
      return;
    }
    for (auto& [dependency, total] : record["calls"].items()) {
      total = before.value(dependency, std::uint64_t{0}) + calls;
    }
  });
}
void multiply_calls(JournalRecords& journal, const Scope& scope) {
  set_calls(journal, scope, kCalls);
}
void drop_calls(JournalRecords& journal, const Scope& scope) {
  set_calls(journal, scope, 0);
}

void end_runs_as(JournalRecords& journal, const Scope& scope, const char* status) {
  each(journal, [&](ordered_json& record) {
    if (is_observation(record, "run") && scope.has(record)) {
      record["status"] = status;
    }
  });
}
void leave_runs_open(JournalRecords& journal, const Scope& scope) {
  end_runs_as(journal, scope, "running");
}
void fail_runs(JournalRecords& journal, const Scope& scope) {
  end_runs_as(journal, scope, "failed");
}

// The first number of the first report that says it is of the present data is one too high.
void change_report(JournalRecords& journal, const Scope&) {
  ordered_json ledger = ordered_json::object();
  each(journal, [&](const ordered_json& record) {
    if (is_observation(record, "ledger")) {
      ledger = record.at("summary");
    }
  });
  for (ordered_json& record : journal) {
    if (!is_observation(record, "report") || record.value("stale", false)) {
      continue;
    }
    for (auto& [field, value] : record["summary"].items()) {
      if (value.is_number() && ledger.contains(field)) {
        value = value.get<double>() + 1;
        return;
      }
    }
  }
}

void show_to_stranger(JournalRecords& journal, const Scope&) {
  constexpr int kOk = 200;
  const auto stranger = std::find_if(journal.begin(), journal.end(), [](const ordered_json& record) {
    return is_observation(record, "stranger");
  });
  if (stranger != journal.end()) {
    (*stranger)["status"] = kOk;
  }
}

void answer_repeat_otherwise(JournalRecords& journal, const Scope&) {
  const auto repeat = std::find_if(journal.begin(), journal.end(), [](const ordered_json& record) {
    return is(record, "request") && record.contains("alike");
  });
  if (repeat != journal.end()) {
    (*repeat)["alike"] = false;
  }
}

// The attempts at webhooks, in the order in which they came.
template <typename Change>
void each_webhook(JournalRecords& journal, Change change) {
  for (ordered_json& record : journal) {
    if (is_observation(record, "webhook")) {
      change(record);
    }
  }
}

void fail_webhooks(JournalRecords& journal, const Scope&) {
  each_webhook(journal, [](ordered_json& attempt) { attempt["status"] = 500; });
}

void forge_signatures(JournalRecords& journal, const Scope&) {
  each_webhook(journal, [](ordered_json& attempt) { attempt["signature"] = "mismatch"; });
}

// The first attempt has failed, and is made once more a millisecond later.
void repeat_webhook(JournalRecords& journal, const std::string& field, const std::string& changed) {
  constexpr double kAtOnce = 0.001;
  const auto first = std::find_if(journal.begin(), journal.end(), [](const ordered_json& record) {
    return is_observation(record, "webhook");
  });
  if (first == journal.end()) {
    return;
  }
  (*first)["status"] = 500;
  ordered_json repeat = *first;
  repeat["number"] = repeat.at("number").get<int>() + 1;
  repeat["at"] = repeat.at("at").get<double>() + kAtOnce;
  if (!field.empty()) {
    repeat[field] = changed;
  }
  journal.insert(first + 1, std::move(repeat));
}
void repeat_at_once(JournalRecords& journal, const Scope&) {
  repeat_webhook(journal, "", "");
}
void change_repeat(JournalRecords& journal, const Scope&) {
  repeat_webhook(journal, "body", "0123456789abcdef");
}

// A number that is not right for this outcome, and that could have been found: a count is never negative.
std::optional<std::int64_t> wrong_number(const scenario::Count& count, const std::string& outcome) {
  for (const auto each : {load::Outcome::acked, load::Outcome::failed, load::Outcome::unknown}) {
    const scenario::Range* right = count.right(each);
    if (outcome != load::to_text(each) || !right) {
      continue;
    }
    if (right->most) {
      return *right->most + 1;
    }
    if (right->least > 0) {
      return right->least - 1;
    }
  }
  return std::nullopt;
}

// Of one arrival: where there are thousands, that is what a count has to notice.
void change_count(JournalRecords& journal, const Scope& scope) {
  for (ordered_json& record : journal) {
    if (!is_observation(record, "count") || record.value("count", std::uint64_t{0}) != scope.index) {
      continue;
    }
    if (const auto wrong = wrong_number(scope.scenario.counts[scope.index], record.value("outcome", ""))) {
      record["value"] = *wrong;
      return;
    }
  }
}

void silence_alerts(JournalRecords& journal, const Scope&) {
  std::erase_if(journal, [](const ordered_json& record) {
    return is_observation(record, "alert") && record.value("state", "") == "firing";
  });
}
void hold_alerts(JournalRecords& journal, const Scope&) {
  std::erase_if(journal, [](const ordered_json& record) {
    return is_observation(record, "alert") && record.value("state", "") != "firing";
  });
}
void untell_alerts(JournalRecords& journal, const Scope&) {
  std::erase_if(journal, [](const ordered_json& record) { return is_observation(record, "notification"); });
}
void fire_alerts(JournalRecords& journal, const Scope& scope) {
  if (!scope.scenario.monitoring || journal.empty()) {
    return;
  }
  for (const promql::Alert& alert : scope.scenario.monitoring->suite.alerts) {
    ordered_json record = journal.back();  // for what every record has
    record.update(
        {{"kind", "observation"}, {"of", "alert"}, {"alert", alert.name}, {"state", "firing"}, {"at", 0.0}});
    journal.push_back(std::move(record));
  }
}

void fail_step(JournalRecords& journal, const Scope& scope) {
  each(journal, [&](ordered_json& record) {
    if (record.value("step", scope.scenario.steps.size()) != scope.index) {
      return;
    }
    if (is(record, "probe") && !record.value("at_rest", false)) {
      record["seen"] = false;
    } else if (is(record, "step") && record.contains("ok")) {
      record["ok"] = false;
    }
  });
}

void keep_fault_from_acting(JournalRecords& journal, const Scope& scope) {
  std::erase_if(journal, [&](const ordered_json& record) {
    return is(record, "decision") && record.value("fault", "") == scope.name;
  });
}
void drop_arrivals(JournalRecords& journal, const Scope&) {
  std::erase_if(journal, [](const ordered_json& record) { return is(record, "arrival"); });
}
void delay_arrivals(JournalRecords& journal, const Scope&) {
  each(journal, [](ordered_json& record) {
    if (is(record, "arrival") && record.contains("late")) {
      record["late"] = kMinute;
    }
  });
}

struct Row {
  std::string_view what;  // {} stands for what the row is made for
  Per per;
  bool (*aimed_at)(const Check&, const Scope&);
  void (*alter)(JournalRecords&, const Scope&);
};

// One row for each way in which what was seen can be wrong. Where a number may be wanted high or low, there are two. To
// judge a new kind of record is to add its rows here: otherwise an audit names its checks as such that cannot fail.
constexpr Row kRows[] = {
    {"every request of phase '{}' is an error", Per::phase, &is_errors, &fail_requests},
    {"no request of phase '{}' is an error", Per::phase, &is_errors, &mend_requests},
    {"every answer of phase '{}' comes a minute later", Per::phase, &is_duration, &slow_requests},
    {"every answer of phase '{}' comes at once", Per::phase, &is_duration, &hasten_requests},
    {"phase '{}' has no requests", Per::phase, &is_enough_requests, &drop_requests},
    {"phase '{}' has a hundred times its requests", Per::phase, &is_requests, &repeat_requests},
    {"nobody knows what became of any request of phase '{}'", Per::phase, &is_unknown, &forget_outcomes},
    {"every check of phase '{}' fails", Per::phase, &is_checks, &fail_checks},
    {"every check of phase '{}' passes", Per::phase, &is_checks, &pass_checks},
    {"dependencies are asked a billion times in phase '{}'", Per::phase, &is_calls, &multiply_calls},
    {"no dependency is asked in phase '{}'", Per::phase, &is_calls, &drop_calls},
    {"every request of the run is an error", Per::run, &is_recovery_time_or_budget, &fail_requests},
    {"no request of the run is an error", Per::run, &is_recovery_time, &mend_requests},
    {"every answer of the run comes a minute later", Per::run, &is_recovery_time, &slow_requests},
    {"every answer of the run comes at once", Per::run, &is_recovery_time, &hasten_requests},
    {"no request of the run is answered", Per::run, &is_budget, &silence_requests},
    {"every run stays unfinished", Per::run, &is_budget, &leave_runs_open},
    {"every webhook is refused", Per::run, &is_budget, &fail_webhooks},
    {"the run has no requests", Per::run, &is_recovery_time, &drop_requests},
    {"step '{}' fails", Per::step, &is_step, &fail_step},
    {"every accepted run is still running", Per::run, &is_ending, &leave_runs_open},
    {"every run accepted in phase '{}' has failed", Per::phase, &is_completion, &fail_runs},
    {"a number of one report is one too high", Per::run, &is_reports, &change_report},
    {"a tenant sees another's data", Per::run, &is_isolation, &show_to_stranger},
    {"a repeat is answered otherwise", Per::run, &is_repetition, &answer_repeat_otherwise},
    {"no webhook is answered 2xx", Per::run, &is_loss, &fail_webhooks},
    {"a webhook is repeated with another body", Per::run, &is_identity, &change_repeat},
    {"a webhook is repeated at once", Per::run, &is_backoff, &repeat_at_once},
    {"no signature is right", Per::run, &is_signing, &forge_signatures},
    {"no alert fires", Per::run, &is_firing, &silence_alerts},
    {"no alert clears", Per::run, &is_clearing, &hold_alerts},
    {"nobody is told of an alert", Per::run, &is_telling, &untell_alerts},
    {"every alert fires", Per::run, &is_silence, &fire_alerts},
    {"'{}' is wrong for one arrival", Per::count, &is_count, &change_count},
    {"fault '{}' does not act", Per::fault, &is_acting, &keep_fault_from_acting},
    {"no arrival is started", Per::run, &is_started, &drop_arrivals},
    {"every arrival is a minute late", Per::run, &is_in_time, &delay_arrivals},
    {"no request is answered", Per::run, &is_reached, &silence_requests},
};

std::vector<Scope> scopes_of(Per per, const Scenario& scenario) {
  std::vector<std::string> names;
  const auto name_each = [&](const auto& list, auto member) {
    for (const auto& one : list) {
      names.push_back(one.*member);
    }
  };
  switch (per) {
    case Per::run:
      names.emplace_back();
      break;
    case Per::phase:
      name_each(scenario.phases, &scenario::Phase::name);
      break;
    case Per::fault:
      name_each(scenario.faults, &fault::Rule::name);
      break;
    case Per::step:
      name_each(scenario.steps, &Step::say);
      break;
    case Per::count:
      name_each(scenario.counts, &scenario::Count::name);
      break;
  }
  std::vector<Scope> scopes;
  scopes.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    scopes.push_back({scenario, i, names[i]});
  }
  return scopes;
}

}  // namespace

std::vector<Forgery> forgeries(const Scenario& scenario) {
  std::vector<Forgery> list;
  for (const Row& row : kRows) {
    for (const Scope& scope : scopes_of(row.per, scenario)) {
      list.push_back({fmt::format(fmt::runtime(row.what), scope.name),
                      [&row, scope](const Check& check) { return row.aimed_at(check, scope); },
                      [&row, scope](JournalRecords& journal) { row.alter(journal, scope); }});
    }
  }
  return list;
}

}  // namespace faultline::search
