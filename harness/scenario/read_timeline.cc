#include <fmt/format.h>

#include <algorithm>

#include "scenario/parts.h"
#include "scenario/tenants.h"

namespace faultline::scenario {
namespace {

constexpr Duration kDrainAtMost = std::chrono::seconds(10);

}  // namespace

std::optional<std::size_t> read_phase_name(Table& table, std::string_view key, const std::string& name,
                                           const Scenario& scenario) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    if (scenario.phases[i].name == name) {
      return i;
    }
    names.push_back(scenario.phases[i].name);
  }
  table.problem(key, fmt::format("there is no phase '{}'", name), did_you_mean(name, names));
  return std::nullopt;
}

void read_phases(Table& file, Scenario& scenario) {
  for (Table& table : file.tables("phase")) {
    Phase phase;
    phase.name = table.required_text("name");
    if (!table.has("for")) {
      table.missing("for");
    }
    const auto length = table.duration("for");
    phase.length = length.value_or(Duration::zero());
    phase.begin = scenario.length();
    const bool drains = table.one_of("boundary", {"sharp", "drain"}) == "drain";
    const auto at_most = table.duration("at_most");
    if (drains) {
      phase.drain = at_most.value_or(kDrainAtMost);
    }
    if (drains && scenario.phases.empty()) {
      table.problem("boundary", "there is nothing before the first phase that could settle");
    } else if (at_most && !drains) {
      table.problem("at_most", "a time within which the phase before settles is for boundary = \"drain\"");
    }
    if (scenario.phase(phase.name)) {
      table.problem("name", fmt::format("there are two phases '{}'", phase.name));
    }
    if (length && *length < std::chrono::seconds(1)) {
      table.problem("for", "a phase lasts at least 1s");
    }
    table.finish();
    scenario.phases.push_back(std::move(phase));
  }
  if (scenario.phases.empty()) {
    file.missing("phase");
  }
}

void read_faults(Table& file, Scenario& scenario) {
  std::vector<fault::Target> targets;
  for (const Dependency& dependency : scenario.dependencies) {
    const std::string protocol = protocol_of(dependency.name);
    targets.push_back({dependency.name, protocol, protocol == "http" ? "" : dependency.name});
  }
  targets.push_back({"service", "http", scenario.service.url.empty() ? "service" : ""});
  for (Table& table : file.tables("fault")) {
    auto rule = fault::read_rule(table, targets);
    if (!rule) {
      continue;
    }
    for (const std::string& phase : rule->during) {
      read_phase_name(table, "during", phase, scenario);
    }
    const auto same = std::find_if(scenario.faults.begin(), scenario.faults.end(),
                                   [&](const fault::Rule& other) { return other.name == rule->name; });
    if (same != scenario.faults.end()) {
      table.problem("name", fmt::format("there are two faults '{}'", rule->name));
    }
    scenario.faults.push_back(std::move(*rule));
  }
}

namespace {

void check_tenant(const std::string& name, Table& table, std::string_view key) {
  if (name.empty()) {
    return;
  }
  std::vector<std::string> names;
  names.reserve(tenants().size());
  for (const Tenant& tenant : tenants()) {
    names.push_back(tenant.name);
  }
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    table.problem(key,
                  fmt::format("there is no tenant '{}', but {} to {}", name, names.front(), names.back()),
                  did_you_mean(name, names));
  }
}

// What an action names must be there.
void check_action(const steps::Action& action, Table& table, const Scenario& scenario) {
  if (!action.process.empty() && action.process != "service" && !scenario.has(action.process)) {
    table.problem("do", fmt::format("the scenario has no dependency '{}'", action.process));
  }
  if (action.process == "service" && !scenario.service.url.empty()) {
    table.problem("do", "a service at a 'url' is not Faultline's to start, stop or signal");
  }
  if (!action.fault.empty()) {
    std::vector<std::string> names;
    for (const fault::Rule& rule : scenario.faults) {
      names.push_back(rule.name);
    }
    if (std::find(names.begin(), names.end(), action.fault) == names.end()) {
      table.problem("do", fmt::format("there is no fault '{}'", action.fault),
                    did_you_mean(action.fault, names));
    }
  }
  check_tenant(action.tenant, table, "do");
}

// Its name is for the command line: --set step.NAME.enabled=false.
void read_step_name(Table& table, std::vector<std::string>& names) {
  const auto name = table.text("name");
  if (!name) {
    return;
  }
  if (std::find(names.begin(), names.end(), *name) != names.end()) {
    table.problem("name", fmt::format("there are two steps '{}'", *name));
  }
  names.push_back(*name);
}

// One mitigation of several need not end what another one does.
void read_ends(Table& table, Step& step, const Scenario& scenario) {
  if (!table.has("ends")) {
    return;
  }
  step.ends = table.texts("ends");
  if (step.kind != Step::Kind::mitigation) {
    table.problem("ends", "faults are ended by a mitigation");
  }
  std::vector<std::string> waiting;
  for (const fault::Rule& rule : scenario.faults) {
    if (rule.until == fault::Until::mitigation) {
      waiting.push_back(rule.name);
    }
  }
  for (const std::string& name : *step.ends) {
    if (std::find(waiting.begin(), waiting.end(), name) == waiting.end()) {
      table.problem("ends", fmt::format("no fault '{}' waits for a mitigation", name),
                    did_you_mean(name, waiting));
    }
  }
}

constexpr std::int64_t kMostMoments = 1000;

// Where in its part of the phase each comes is drawn, but not at the very end: a restart takes its time.
void add_at_moments(const Step& step, std::int64_t moments, Scenario& scenario) {
  constexpr double kReach = 0.7;
  const Duration part = scenario.phases[step.phase].length / moments;
  for (std::int64_t i = 0; i < moments; ++i) {
    Step one = step;
    one.say = fmt::format("{} ({} of {})", step.say, i + 1, moments);
    Draws draws(scenario.seed, "moments", step.row, static_cast<std::uint64_t>(i));
    one.after = part * i + std::chrono::duration_cast<Duration>(part * kReach * draws.unit());
    scenario.steps.push_back(std::move(one));
  }
}

}  // namespace

void read_steps(Table& file, Scenario& scenario) {
  std::vector<std::string> kinds;
  for (const Step::Kind kind : {Step::Kind::incident, Step::Kind::symptom, Step::Kind::diagnosis,
                                Step::Kind::workaround, Step::Kind::mitigation, Step::Kind::recovery}) {
    kinds.push_back(to_text(kind));
  }
  std::vector<std::string> names;
  std::size_t row = 0;
  for (Table& table : file.tables("step")) {
    Step step;
    step.row = row++;
    read_step_name(table, names);
    const bool enabled = table.boolean("enabled").value_or(true);
    step.say = table.required_text("say");
    if (!table.has("kind")) {
      table.missing("kind");
    }
    if (const auto kind = table.one_of("kind", kinds)) {
      step.kind = static_cast<Step::Kind>(std::find(kinds.begin(), kinds.end(), *kind) - kinds.begin());
    }
    bool placed = false;
    std::optional<std::int64_t> moments;
    if (auto at = table.table("at")) {
      const std::string phase = at->required_text("phase");
      step.after = at->duration("after").value_or(Duration::zero());
      moments = at->integer("moments");
      if (const auto index = phase.empty() ? std::nullopt : read_phase_name(*at, "phase", phase, scenario)) {
        step.phase = *index;
        placed = true;
        if (step.after >= scenario.phases[*index].length) {
          at->problem("after", fmt::format("phase '{}' is over after {}", phase,
                                           to_text(scenario.phases[*index].length)));
        }
      }
      at->finish();
    } else {
      table.missing("at");
    }
    if (auto probe = table.table("probe")) {
      step.probe = steps::read_probe(*probe);
    }
    if (auto action = table.table("do")) {
      step.action = steps::read_action(*action);
    }
    if (table.has("probe") == table.has("do")) {
      table.problem("say", "a step has either a probe or something to do");
    }
    if (step.kind == Step::Kind::symptom && !table.has("probe")) {
      table.problem("kind", "a symptom is seen by a probe");
    }
    if (acts(step.kind) && !table.has("do")) {
      table.problem("kind", fmt::format("a step of the kind {} does something", to_text(step.kind)));
    }
    if (step.kind == Step::Kind::symptom && placed && step.phase == 0) {
      table.problem("at", "a symptom must be absent at rest: it needs a phase before its own");
    }
    read_ends(table, step, scenario);
    if (step.action) {
      check_action(*step.action, table, scenario);
    }
    if (step.probe) {
      check_tenant(step.probe->tenant, table, "probe");
    }
    table.finish();
    if (moments &&
        (*moments < 1 || *moments > kMostMoments || !step.action || step.after != Duration::zero())) {
      table.problem(
          "at", fmt::format("moments are 1 to {}, for something to do, and without 'after'", kMostMoments));
    } else if (enabled && moments && placed) {
      add_at_moments(step, *moments, scenario);
    } else if (enabled) {
      scenario.steps.push_back(std::move(step));
    }
  }
}

}  // namespace faultline::scenario
