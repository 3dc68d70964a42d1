// Puts the parts of a scenario file together, and checks what only the whole can tell.

#include <fmt/format.h>

#include <algorithm>

#include "core/file.h"
#include "scenario/parts.h"

namespace faultline::scenario {
namespace {

constexpr double kWindowScaleAtMost = 3600;

// The variables by which the service's own protection against this incident can be switched off.
std::vector<std::string> read_guards(Table& table) {
  std::vector<std::string> guards = table.texts("guards");
  for (auto guard = guards.begin(); guard != guards.end(); ++guard) {
    // A dot would be a further key to --set service.env.NAME=0.
    if (guard->empty() || guard->find_first_of("=. ") != std::string::npos) {
      table.problem("guards", fmt::format("'{}' is no name of an environment variable", *guard));
    } else if (std::find(guards.begin(), guard, *guard) != guard) {
      table.problem("guards", fmt::format("'{}' is named twice", *guard));
    }
  }
  return guards;
}

void read_loads(Table& file, Scenario& scenario, Diagnostics& problems) {
  for (Table& table : file.tables("load")) {
    const auto resolve = [&](const std::string& name) { return find_beside(scenario.file, "flows", name); };
    const std::string name = table.text("flow").value_or("");
    if (auto load = load::read_load(table, resolve, scenario.load_phases(), problems)) {
      scenario.load.push_back(std::move(*load));
      if (const auto path = resolve(name)) {
        scenario.sources.emplace_back("flows/" + path->filename().string(), read_file(*path).value_or(""));
        for (const auto& data : scenario.load.back().flow.files) {
          scenario.sources.emplace_back("flows/" + data.filename().string(), read_file(data).value_or(""));
        }
      }
    }
  }
  if (!file.has("load")) {
    file.missing("load");
  }
}

// Arrivals are counted by their place in the plan, in which users have none: how many journeys theirs are, and in which
// order, depends on the service.
void check_counting(const Scenario& scenario, Diagnostics& problems) {
  for (const fault::Rule& rule : scenario.faults) {
    if (scenario.has_users() && rule.when.counts() && rule.when.of == fault::When::Of::arrivals) {
      problems.push_back(
          {rule.place,
           fmt::format("fault '{}' counts arrivals, and the journeys of users are in no plan", rule.name),
           "count of = \"cause\", or draw: probability = \"30%\""});
    }
  }
}

// The requests that a phase will see at the least, by the flows' own arithmetic; nothing where users make some of them.
std::optional<double> requests_expected(const Scenario& scenario, const Phase& phase) {
  double requests = 0;
  const std::vector<load::Phase> phases = scenario.load_phases();
  const auto index = static_cast<std::size_t>(&phase - scenario.phases.data());
  for (const load::Load& load : scenario.load) {
    const auto arrivals = load::expected_arrivals(load, phases, index);
    if (!arrivals) {
      return std::nullopt;
    }
    requests += *arrivals * load::expected_requests(load.flow);
  }
  return requests;
}

// A percentile with fewer than 10 samples beyond it says nothing: refused here rather than guessed later. Where users are
// there nobody knows how many there will be: then it is found out when the run is judged, and the run invalid.
void check_judgeable(Table& file, const Scenario& scenario) {
  for (const PhaseExpectation& expectation : scenario.expectations) {
    for (const std::size_t index : expectation.phases) {
      const Phase& phase = scenario.phases[index];
      const auto expected = requests_expected(scenario, phase);
      for (const Expression& expression : expectation.that) {
        if (expected && samples_needed(expression) > *expected) {
          file.problem("expect",
                       fmt::format("'{}' cannot be judged in phase '{}': it needs {:.0f} requests, and about "
                                   "{:.0f} are expected",
                                   expression.text, phase.name, samples_needed(expression), *expected),
                       "lengthen the phase, raise the rate, or ask for a lower percentile");
        }
      }
    }
  }
}

// When the last fault can be lifted at the latest, by the file: the end of its phases, or the mitigation.
Duration lifted_by(const Scenario& scenario) {
  Duration lifted{};
  std::optional<Duration> mitigated;
  for (const Step& step : scenario.steps) {
    if (step.kind == Step::Kind::mitigation) {
      mitigated =
          std::max(mitigated.value_or(Duration::zero()), scenario.phases[step.phase].begin + step.after);
    }
  }
  for (const fault::Rule& rule : scenario.faults) {
    if (rule.until == fault::Until::mitigation) {
      continue;  // ends with it, whenever that is
    }
    for (const std::string& name : rule.during) {
      if (const Phase* phase = scenario.phase(name)) {
        lifted = std::max(lifted, phase->end());
      }
    }
  }
  return std::max(lifted, mitigated.value_or(Duration::zero()));
}

void check_recovery(Table& file, const Scenario& scenario) {
  const Duration left = scenario.length() - lifted_by(scenario);
  for (const RecoveryExpectation& recovery : scenario.recoveries) {
    if (recovery.within + recovery.hold > left) {
      file.problem(
          "expect",
          fmt::format("recovery within {} and then {} of good windows cannot be seen: only {} are left "
                      "once the fault is lifted",
                      to_text(recovery.within), to_text(recovery.hold), to_text(left)),
          "lengthen the last phase");
    }
  }
}

// How long a connect that hung for so long may go on hanging once it could come about: the kernel sends its SYN again
// after 1 s, 3 s, 7 s and so on (tcp_syn_retries in tcp(7)).
Duration next_syn(Duration hung) {
  Duration pause = std::chrono::seconds(1), sent{};  // the last SYN, since the first
  while (sent + pause < hung) {
    sent += pause;
    pause *= 2;
  }
  return pause;
}

// Where connects hang, recovery is seen when the kernel tries again, and not before.
void check_hanging_connects(Table& file, const Scenario& scenario) {
  for (const fault::Rule& rule : scenario.faults) {
    const auto* blackhole = std::get_if<fault::Blackhole>(&rule.fault);
    if (!rule.enabled || !blackhole || blackhole->accept) {
      continue;
    }
    Duration length{};
    for (const std::string& name : rule.during) {
      if (const Phase* phase = scenario.phase(name)) {
        length += phase->length;
      }
    }
    const Duration needed = next_syn(rule.during.empty() ? scenario.length() : length);
    for (const RecoveryExpectation& recovery : scenario.recoveries) {
      if (recovery.within < needed) {
        file.problem(
            "expect",
            fmt::format("recovery within {} cannot be seen after '{}': a connect that hung for {} is tried "
                        "again by the kernel after up to {} more",
                        to_text(recovery.within), rule.name, to_text(length), to_text(needed)),
            "allow that much, or let connections come about: connect = \"accept\"");
      }
    }
  }
}

}  // namespace

Scenario read(const std::filesystem::path& path, const std::vector<Override>& overrides,
              Diagnostics& problems) {
  Scenario scenario;
  scenario.file = path;
  Table file = Table::parse_file(path, problems);
  if (!problems.empty()) {
    return scenario;  // not TOML: whatever else would be said follows from that
  }
  for (const Override& change : overrides) {
    file.set(change);
  }
  scenario.sources.emplace_back("scenario.toml", file.to_toml());

  std::string slo;
  if (auto table = file.table("scenario")) {
    scenario.name = table->required_text("name");
    scenario.title = table->text("title").value_or(scenario.name);
    scenario.summary = table->text("summary").value_or("");
    const auto seed = table->integer("seed");
    if (seed && *seed < 0) {
      table->problem("seed", "a seed is not negative");
    }
    scenario.seed = static_cast<Seed>(seed.value_or(1));
    scenario.window_scale = table->number("window_scale").value_or(scenario.window_scale);
    if (!(scenario.window_scale >= 1 && scenario.window_scale <= kWindowScaleAtMost)) {
      table->problem("window_scale", fmt::format("must be from 1 to {}", kWindowScaleAtMost));
    }
    const auto observe = table->one_of("observe", {"off", "rules", "all"});
    scenario.observe = observe == "off"   ? fault::Observe::off
                       : observe == "all" ? fault::Observe::all
                                          : fault::Observe::rules;
    slo = table->text("slo").value_or("");
    read_slo_file(*table, scenario, problems);
    scenario.guards = read_guards(*table);
    table->finish();
  } else {
    file.missing("scenario");
  }
  scenario.service = read_service(file, path);
  if (!scenario.guards.empty() && !scenario.service.url.empty()) {
    file.problem("service",
                 "a service that runs already takes no environment: its guards cannot be switched off");
  }
  read_dependencies(file, scenario);
  read_phases(file, scenario);
  read_loads(file, scenario, problems);
  read_faults(file, scenario);
  read_steps(file, scenario);
  read_monitoring(file, scenario, problems);
  read_expectations(file, slo, scenario, problems);
  scenario.validity = load::read_validity(file);
  scenario.compare = read_pair(file);
  file.finish();

  if (problems.empty()) {
    check_counting(scenario, problems);
    check_judgeable(file, scenario);
    check_recovery(file, scenario);
    check_hanging_connects(file, scenario);
  }
  return scenario;
}

}  // namespace faultline::scenario
