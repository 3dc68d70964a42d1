#include "judge/evidence.h"

#include <fmt/format.h>

#include <charconv>

#include "core/error.h"

namespace faultline::judge {
namespace {

using nlohmann::ordered_json;

// One record, whose fields are there and have their type, or it is no record.
class Record {
 public:
  explicit Record(const ordered_json& json) : json_(json) {}

  template <typename T>
  T get(const char* field) const {
    const auto found = json_.find(field);
    if (found == json_.end()) {
      fail(fmt::format("has no '{}'", field));
    }
    try {
      return found->template get<T>();
    } catch (const ordered_json::exception&) {
      fail(fmt::format("has a wrong '{}': {}", field, found->dump()));
    }
  }

  template <typename T>
  std::optional<T> find(const char* field) const {
    return json_.contains(field) ? std::optional(get<T>(field)) : std::nullopt;
  }

  std::string text(const char* field) const { return get<std::string>(field); }
  bool truth(const char* field) const { return get<bool>(field); }
  std::uint64_t number(const char* field) const { return get<std::uint64_t>(field); }
  Duration time(const char* field) const { return from_seconds(get<double>(field)); }

  ordered_json object(const char* field) const {
    auto value = get<ordered_json>(field);
    if (!value.is_object()) {
      fail(fmt::format("has a wrong '{}': {}", field, value.dump()));
    }
    return value;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw EnvironmentError(fmt::format("the journal's record {} {}", json_.dump(), what),
                           "the journal is not whole, or of another version: run the scenario again");
  }

 private:
  const ordered_json& json_;
};

void read_plan(const Record& record, Evidence& evidence) {
  evidence.planned_arrivals = record.number("arrivals");
}

void read_phase(const Record& record, Evidence& evidence) {
  evidence.phases.push_back({.phase = record.text("phase"),
                             .begins = record.text("edge") == "begin",
                             .at = record.time("t"),
                             .waited = from_seconds(record.find<double>("waited").value_or(0)),
                             .early = record.find<bool>("early").value_or(false)});
}

void read_fault(const Record& record, Evidence& evidence) {
  evidence.faults.push_back({.fault = record.text("fault"),
                             .on = record.truth("on"),
                             .why = record.text("why"),
                             .at = record.time("t")});
}

void read_decision(const Record& record, Evidence& evidence) {
  evidence.decisions.push_back({.fault = record.text("fault"), .at = record.time("t")});
}

void read_arrival(const Record& record, Evidence& evidence) {
  Arrival arrival{.number = record.number("k"),
                  .phase = record.text("phase"),
                  .due = record.time("due"),
                  .shed = record.find<bool>("shed").value_or(false)};
  if (!arrival.shed) {
    arrival.late = record.time("late");
  }
  evidence.arrivals.push_back(std::move(arrival));
}

void read_request(const Record& record, Evidence& evidence) {
  Request request{.phase = record.text("phase"),
                  .due = record.time("due"),
                  .status = record.find<int>("status").value_or(0),
                  .expected = record.truth("expected")};
  if (const auto latency = record.find<double>("latency")) {
    request.latency = from_seconds(*latency);
  }
  request.unknown = record.find<std::string>("outcome") == std::string(to_text(load::Outcome::unknown));
  request.arrival = record.number("k");
  request.route = record.text("route");
  request.alike = record.find<bool>("alike");
  if (const auto checks = record.find<ordered_json>("checks")) {
    const Record counts(*checks);
    request.checks_passed = counts.number("passed");
    request.checks_failed = counts.number("failed");
  }
  evidence.requests.push_back(std::move(request));
}

void read_step(const Record& record, Evidence& evidence) {
  if (record.text("edge") == "begin") {
    evidence.step_begins.push_back({.step = record.number("step"), .at = record.time("t")});
  } else if (record.text("edge") == "end") {
    evidence.steps.push_back({.step = record.number("step"),
                              .ok = record.truth("ok"),
                              .text = record.text("text"),
                              .at = record.time("t")});
  }
}

void read_probe(const Record& record, Evidence& evidence) {
  evidence.probes.push_back({.step = record.number("step"),
                             .at_rest = record.truth("at_rest"),
                             .seen = record.truth("seen"),
                             .text = record.text("text"),
                             .after = record.time("after")});
}

load::Outcome outcome_of(const Record& record) {
  const std::string text = record.text("outcome");
  for (const auto outcome : {load::Outcome::acked, load::Outcome::failed, load::Outcome::unknown}) {
    if (text == to_text(outcome)) {
      return outcome;
    }
  }
  record.fail("has a wrong 'outcome'");
}

webhook_receiver::Treatment treatment_of(const Record& record) {
  using enum webhook_receiver::Treatment;
  const std::string text = record.text("treatment");
  for (const auto treatment : {waiting, answered, reset, hung}) {
    if (text == to_text(treatment)) {
      return treatment;
    }
  }
  record.fail("has a wrong 'treatment'");
}

std::optional<webhooks::Verdict> signature_of(const Record& record) {
  using enum webhooks::Verdict;
  const auto text = record.find<std::string>("signature");
  if (!text) {
    return std::nullopt;
  }
  for (const auto verdict : {valid, missing, malformed, mismatch, stale}) {
    if (*text == to_text(verdict)) {
      return verdict;
    }
  }
  record.fail("has a wrong 'signature'");
}

std::uint64_t body_hash_of(const Record& record) {
  const std::string text = record.text("body");
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (error != std::errc{} || end != text.data() + text.size()) {
    record.fail("has a wrong 'body'");
  }
  return hash;
}

webhook_receiver::Attempt attempt_of(const Record& record) {
  webhook_receiver::Attempt attempt{.path = record.text("path"),
                                    .delivery_id = record.text("delivery"),
                                    .event_id = record.text("event"),
                                    .subject = record.text("subject"),
                                    .number = record.get<int>("number"),
                                    .received = Instant{} + record.time("at"),
                                    .treatment = treatment_of(record),
                                    .status = record.get<int>("status"),
                                    .signature = signature_of(record),
                                    .body_hash = body_hash_of(record)};
  if (record.find<double>("answered") || attempt.treatment == webhook_receiver::Treatment::answered) {
    attempt.answered = Instant{} + record.time("answered");
  }
  if (const auto asked = record.find<std::int64_t>("retry_after")) {
    attempt.retry_after = std::chrono::seconds(*asked);
  }
  if (attempt.number < 1) {
    record.fail("has a wrong 'number'");
  }
  return attempt;
}

void read_observation(const Record& record, Evidence& evidence) {
  const std::string of = record.text("of");
  if (of == "run") {
    evidence.runs.push_back({.arrival = record.number("k"),
                             .phase = record.text("phase"),
                             .job = record.text("job"),
                             .status = record.text("status"),
                             .execution = record.find<std::string>("execution").value_or(""),
                             .announced = record.find<bool>("announced").value_or(false)});
  } else if (of == "report") {
    evidence.reports.push_back({.arrival = record.number("k"),
                                .job = record.text("job"),
                                .summary = record.object("summary"),
                                .stale = record.truth("stale")});
  } else if (of == "stranger") {
    evidence.strangers.push_back({.arrival = record.number("k"),
                                  .target = record.text("target"),
                                  .tenant = record.text("tenant"),
                                  .status = static_cast<int>(record.number("status"))});
  } else if (of == "causes") {
    evidence.causes.header += record.number("header");
    evidence.causes.value += record.number("value");
    evidence.causes.exclusion += record.number("exclusion");
    evidence.causes.background += record.number("background");
  } else if (of == "calls") {
    CallsAtEdge edge{.phase = record.text("phase"), .begins = record.text("edge") == "begin", .calls = {}};
    const ordered_json calls = record.object("calls");
    const Record of_dependencies(calls);
    for (const auto& [dependency, count] : calls.items()) {
      edge.calls[dependency] = of_dependencies.number(dependency.c_str());
    }
    evidence.calls.push_back(std::move(edge));
  } else if (of == "count") {
    evidence.counted.push_back({.count = record.number("count"),
                                .arrival = record.number("k"),
                                .outcome = outcome_of(record),
                                .value = record.find<std::int64_t>("value"),
                                .problem = record.find<std::string>("problem").value_or("")});
  } else if (of == "webhook") {
    evidence.webhooks.attempts.push_back(attempt_of(record));
  } else if (of == "alert") {
    evidence.alerts.states.push_back(
        {.alert = record.text("alert"), .firing = record.text("state") == "firing", .at = record.time("at")});
  } else if (of == "notification") {
    evidence.alerts.notifications.push_back({.receiver = record.text("receiver"),
                                             .alert = record.text("alert"),
                                             .firing = record.text("state") == "firing",
                                             .at = record.time("at")});
  } else if (of == "prometheus") {
    evidence.alerts.until = record.time("until");
    evidence.alerts.scrapes = record.number("scrapes");
  } else if (of == "webhook_receiver") {
    evidence.webhooks.not_noted = record.number("not_noted");
  } else if (of == "ledger") {
    evidence.ledger = record.object("summary");
  }
}

void read_log(const Record& record, Evidence& evidence) {
  if (record.text("what") == "fault not made") {
    evidence.not_made[record.text("fault")] = record.text("reason");
  }
}

void read_interrupted(const Record& record, Evidence& evidence) {
  evidence.interrupted = record.get<int>("signal");
}

void read_stopped(const Record& record, Evidence& evidence) {
  evidence.stopped = StoppedAt{record.number("step"), record.truth("at_rest")};
}

struct Reader {
  std::string_view kind;
  void (*read)(const Record&, Evidence&);
};

constexpr Reader kReaders[] = {
    {"plan", &read_plan},
    {"phase", &read_phase},
    {"fault", &read_fault},
    {"decision", &read_decision},
    {"arrival", &read_arrival},
    {"request", &read_request},
    {"step", &read_step},
    {"probe", &read_probe},
    {"observation", &read_observation},
    {"log", &read_log},
    {"interrupted", &read_interrupted},
    {"stopped", &read_stopped},
};

}  // namespace

Evidence read_evidence(const std::vector<ordered_json>& journal) {
  Evidence evidence;
  for (const ordered_json& json : journal) {
    const Record record(json);
    if (!json.is_object()) {
      record.fail("is no object");
    }
    const std::string kind = record.text("kind");
    for (const Reader& reader : kReaders) {
      if (kind == reader.kind) {
        reader.read(record, evidence);
      }
    }
  }
  return evidence;
}

}  // namespace faultline::judge
