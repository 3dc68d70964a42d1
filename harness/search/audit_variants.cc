#include "search/audit_variants.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"

namespace faultline::search {
namespace {

using scenario::Scenario;
using scenario::Step;

// How --set calls a fault. A name with a dot would be two keys: such a one goes by its index.
std::string key_of(const Scenario& scenario, std::size_t index) {
  const std::string& name = scenario.faults[index].name;
  return name.find_first_of(".=") == std::string::npos ? name : std::to_string(index);
}

// Indices of the phases in which a fault comes on by itself, ascending; of one without phases none.
std::vector<std::size_t> phases_of(const Scenario& scenario, const fault::Rule& rule) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    if (std::find(rule.during.begin(), rule.during.end(), scenario.phases[i].name) != rule.during.end()) {
      indices.push_back(i);
    }
  }
  return indices;
}

// A TOML array of the first phases, up to this one and with it.
std::string names_up_to(const Scenario& scenario, std::size_t last) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= last; ++i) {
    names.push_back(fmt::format("\"{}\"", scenario.phases[i].name));
  }
  return fmt::format("[{}]", fmt::join(names, ","));
}

bool must_hold_before(const Scenario& scenario, std::size_t phase) {
  const bool symptom = std::any_of(scenario.steps.begin(), scenario.steps.end(),
                                   [](const Step& step) { return step.kind == Step::Kind::symptom; });
  return symptom || std::any_of(scenario.expectations.begin(), scenario.expectations.end(),
                                [&](const scenario::PhaseExpectation& expectation) {
                                  return std::any_of(expectation.phases.begin(), expectation.phases.end(),
                                                     [&](std::size_t of) { return of < phase; });
                                });
}

// No fault goes off later than it would: what must hold after the incident is another matter.
void add_from_the_start(const Scenario& scenario, std::vector<Variant>& variants) {
  Variant variant{Variant::Kind::incident_from_the_start, "with the incident from the start", {}, {}};
  std::size_t begins = scenario.phases.size();
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const fault::Rule& rule = scenario.faults[i];
    const auto phases = phases_of(scenario, rule);
    if (rule.enabled && !phases.empty()) {
      begins = std::min(begins, phases.front());
      variant.overrides.push_back(
          {fmt::format("fault.{}.during", key_of(scenario, i)), names_up_to(scenario, phases.back())});
    }
  }
  for (const Step& step : scenario.steps) {
    if (step.kind == Step::Kind::incident && step.phase > 0) {
      const Duration after = step.after < scenario.phases.front().length ? step.after : Duration::zero();
      begins = std::min(begins, step.phase);
      variant.overrides.push_back(
          {fmt::format("step.{}.at", step.row), fmt::format("{{ phase = \"{}\", after = \"{}\" }}",
                                                            scenario.phases.front().name, to_text(after))});
    }
  }
  if (!variant.overrides.empty() && begins > 0 && must_hold_before(scenario, begins)) {
    variants.push_back(std::move(variant));
  }
}

}  // namespace

std::vector<Variant> audit_variants(const Scenario& scenario) {
  std::vector<Variant> variants;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const fault::Rule& rule = scenario.faults[i];
    if (rule.enabled) {
      variants.push_back({Variant::Kind::without_fault,
                          "without fault " + rule.name,
                          rule.name,
                          {{fmt::format("fault.{}.enabled", key_of(scenario, i)), "false"}}});
    }
  }
  for (const Step& step : scenario.steps) {
    const bool again =
        &step != &scenario.steps.front() && (&step)[-1].row == step.row;  // one that is made often
    if (scenario::acts(step.kind) && !again) {
      variants.push_back({Variant::Kind::without_step,
                          fmt::format("without {} {}", to_text(step.kind), step.say),
                          step.say,
                          {{fmt::format("step.{}.enabled", step.row), "false"}}});
    }
  }
  // A service that runs already (--service URL) has the environment that it has.
  const std::vector<std::string> none;
  for (const std::string& guard : scenario.service.url.empty() ? scenario.guards : none) {
    variants.push_back({Variant::Kind::without_guard,
                        "without " + guard,
                        guard,
                        {{fmt::format("service.env.{}", guard), "0"}}});
  }
  add_from_the_start(scenario, variants);
  return variants;
}

std::vector<Variant> sample_of(const std::vector<Variant>& variants, std::size_t count, Seed seed) {
  std::vector<std::size_t> order(variants.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return draw(seed, "audit", a) < draw(seed, "audit", b); });
  order.resize(std::min(count, order.size()));
  std::sort(order.begin(), order.end());
  std::vector<Variant> sample;
  sample.reserve(order.size());
  for (const std::size_t index : order) {
    sample.push_back(variants[index]);
  }
  return sample;
}

}  // namespace faultline::search
