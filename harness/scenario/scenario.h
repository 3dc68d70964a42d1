#pragma once
// A scenario: what is started, what load it gets, what goes wrong, what is done about it, and what must hold.
// Read from one TOML file into plain data; every mistake is found here, before anything is started.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "core/draw.h"
#include "core/table.h"
#include "core/units.h"
#include "fault/rule.h"
#include "ledger/ledger.h"
#include "load/load.h"
#include "load/validity.h"
#include "scenario/count.h"
#include "scenario/expression.h"
#include "scenario/monitoring.h"
#include "scenario/pair.h"
#include "slo/objective.h"
#include "steps/action.h"
#include "steps/probe.h"
#include "webhook_receiver/findings.h"
#include "webhook_receiver/script.h"
#include "webhooks/signature.h"

namespace faultline::scenario {

/// How the service under test comes to run.
struct Service {
  std::string use;                               // "settler": the reference service
  std::vector<std::string> run;                  // or a command of the user's
  std::string url;                               // or one that runs already
  std::map<std::string, std::string> env;        // added to what the harness sets
  std::map<std::string, std::string> env_names;  // ours -> the service's: DATABASE_URL = "PG_DSN"
  std::string ready_target = "/readyz";          // answers 2xx once the service can work
  Duration ready_within = std::chrono::seconds(10);
  std::filesystem::path directory;  // where `run` is started
};

/// One thing the service depends on. Its name says what it is: postgres, redis, stripe, shopify, webhook_receiver.
struct Dependency {
  std::string name;
  std::uint16_t proxy_port = 0;  // where the service finds it; 0: any free port
  /// Operations that the service asks for of its own accord (polls, health checks, what it writes in batches): of no
  /// arrival, unless they bear its trace.
  std::vector<fault::Pattern> background = {};
};

/// What is more to be said of the dependency kWebhookReceiver: the customer whom the service notifies.
struct WebhookReceiver {
  std::optional<webhooks::Scheme> signature{};  // absent: not verified
  std::string about;  // where a body says which run it is about: a JSON pointer, or nothing
  webhook_receiver::Script answers;
  webhook_receiver::Contract contract;         // what the service promises, as far as it does
  Duration settle = std::chrono::seconds(10);  // after the load: how long what is expected is waited for
};
inline constexpr std::string_view kWebhookReceiver = "webhook_receiver";

/// What a dependency of this name speaks: "postgres", "redis", "http".
std::string protocol_of(const std::string& dependency);

struct Phase {
  std::string name;
  Duration begin{};  // since the start of the run
  Duration length{};
  /// Where the boundary before it is not sharp: it begins when every arrival of the phases before has ended, or after
  /// this time at most, and all that follows is so much later.
  std::optional<Duration> drain;
  Duration end() const { return begin + length; }
};

struct Step {
  enum class Kind {
    incident,    // makes it happen, where no fault does
    symptom,     // what somebody on call notices: seen here, and not in the phase before
    diagnosis,   // what tells them the cause
    workaround,  // relieves; the incident goes on
    mitigation,  // ends the incident: what waits for it goes off
    recovery,    // shows that it is well again
  };
  Kind kind{};
  std::string say;
  std::size_t row = 0;    // which [[step]] of the file it is
  std::size_t phase = 0;  // index into Scenario::phases
  Duration after{};       // since that phase began
  /// Of a mitigation: which of the faults that wait for one it ends; absent: all of them.
  std::optional<std::vector<std::string>> ends{};
  std::shared_ptr<const steps::Probe> probe;  // one of these two
  std::shared_ptr<const steps::Action> action;
};

std::string to_text(Step::Kind kind);
/// Whether a step of this kind does something; the others look, or do.
bool acts(Step::Kind kind);

/// What must hold in some phases, of the requests that were due in them.
struct PhaseExpectation {
  std::vector<std::size_t> phases;
  std::vector<Expression> that;
};

/// How soon it must be well again: from the moment the last fault is lifted, or the mitigation has ended,
/// whichever is later, to the start of the first window from which every window meets `when`.
struct RecoveryExpectation {
  Duration within{};
  Duration window = std::chrono::seconds(1);
  Duration hold = std::chrono::seconds(5);  // good windows that must be seen
  std::vector<Expression> when;
};

/// allowed = (1 - target) x events; spent = bad / allowed.
struct BudgetExpectation {
  std::string slo;      // as named in the SLO file: "availability"
  Ratio target;         // 99.9%
  Ratio spend_at_most;  // 100%: the whole allowance
  slo::Indicator good{};
};

/// A figure of each phase that people look at, and what they make of it: no verdict follows from it.
struct Level {
  std::string slo;  // the share of good events of this objective; empty: what the expressions' metric says
  Expression target, warning;  // of the same number; beyond the warning it is critical
};

enum class Invariant {
  every_accepted_run_ends,
  accepted_runs_complete,
  reports_match_the_ledger,
  no_tenant_sees_another,
  repeats_answered_alike,
  no_webhook_lost,  // from here on of the webhook receiver
  webhook_repeats_carry_the_same_id,
  no_webhook_before_its_backoff,
  webhook_signatures_verify,
};
std::string to_text(Invariant invariant);

struct Scenario {
  std::filesystem::path file;
  std::string name, title, summary;
  Seed seed = 1;
  /// By how much the windows of alerts and of burn rates are shorter here than in production: with 60, an hour is a minute.
  double window_scale = 60;
  fault::Observe observe = fault::Observe::rules;  // which fault points are journaled one by one
  Service service;
  /// Switches of the service, by their environment variables, without which this scenario must not hold.
  std::vector<std::string> guards;
  std::vector<Dependency> dependencies;
  std::map<std::string, std::string> redis_settings;  // of redis.conf, where it is among them
  std::optional<WebhookReceiver> webhooks;            // likewise
  ledger::Shape ledger;
  std::vector<load::Load> load;
  std::vector<Phase> phases;
  std::vector<fault::Rule> faults;
  std::vector<Step> steps;  // in the order of the file, but for those that are not enabled
  std::vector<PhaseExpectation> expectations;
  std::vector<RecoveryExpectation> recoveries;
  std::vector<BudgetExpectation> budgets;
  std::vector<slo::Objective> objectives;  // of the SLO file, expected or not
  std::vector<Level> levels;               // likewise
  std::vector<Invariant> invariants;
  std::optional<Monitoring> monitoring;
  std::vector<AlertExpectation> alerts;
  std::vector<Count> counts;
  /// For accepted_runs_complete: of the runs accepted in each phase; in some phases another share.
  Ratio complete_at_least{0.95};
  std::map<std::string, Ratio> complete_at_least_in;
  load::Validity validity;
  std::optional<Pair> compare;
  /// The files that this scenario was read from (itself first), for a run to keep: name in the run's
  /// directory, and text.
  std::vector<std::pair<std::string, std::string>> sources;

  /// Nothing but journeys that are made once: it is over when they are.
  bool once() const;
  /// Some of the load is closed: how many journeys are begun, and when, depends on the service.
  bool has_users() const;
  Duration length() const { return phases.empty() ? Duration::zero() : phases.back().end(); }
  /// What the load has to know of the phases.
  std::vector<load::Phase> load_phases() const;
  bool has(const std::string& dependency) const;
  const Phase* phase(const std::string& name) const;
  bool wants(Invariant invariant) const;
  Ratio completion_floor(const std::string& phase) const;
  /// The file says of this phase that no run need complete: then there is nothing to judge.
  bool nothing_must_complete_in(const std::string& phase) const;
};

/// Reads and checks a scenario. Whatever is wrong is in `problems`; the scenario is usable when there are
/// none.
Scenario read(const std::filesystem::path& file, const std::vector<Override>& overrides,
              Diagnostics& problems);

}  // namespace faultline::scenario
