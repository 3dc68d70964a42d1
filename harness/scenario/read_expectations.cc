#include <fmt/format.h>

#include "scenario/parts.h"

namespace faultline::scenario {
namespace {

constexpr Invariant kInvariants[] = {Invariant::every_accepted_run_ends,
                                     Invariant::accepted_runs_complete,
                                     Invariant::reports_match_the_ledger,
                                     Invariant::no_tenant_sees_another,
                                     Invariant::repeats_answered_alike,
                                     Invariant::no_webhook_lost,
                                     Invariant::webhook_repeats_carry_the_same_id,
                                     Invariant::no_webhook_before_its_backoff,
                                     Invariant::webhook_signatures_verify};

std::vector<Expression> read_expressions(Table& table, std::string_view key) {
  std::vector<Expression> expressions;
  const auto value = table.get(key);
  if (!value) {
    table.missing(key);
    return expressions;
  }
  const auto read_one = [&](const Value& each) {
    if (each.kind() != Value::Kind::text) {
      each.problem("an expectation is a string such as \"http_req_failed rate < 1%\"");
    } else if (auto expression = read_expression(each)) {
      expressions.push_back(std::move(*expression));
    }
  };
  if (value->kind() == Value::Kind::array) {
    for (const Value& each : value->array()) {
      read_one(each);
    }
  } else {
    read_one(*value);
  }
  return expressions;
}

void read_phase_expectation(Table& table, Scenario& scenario) {
  PhaseExpectation expectation;
  for (const std::string& name : table.texts("phase")) {
    if (const auto phase = read_phase_name(table, "phase", name, scenario)) {
      expectation.phases.push_back(*phase);
    }
  }
  expectation.that = read_expressions(table, "that");
  for (const Expression& expression : expectation.that) {
    if (!expression.dependency.empty() && !scenario.has(expression.dependency)) {
      std::vector<std::string> names;
      for (const Dependency& dependency : scenario.dependencies) {
        names.push_back(dependency.name);
      }
      table.problem("that", fmt::format("the scenario has no dependency '{}'", expression.dependency),
                    did_you_mean(expression.dependency, names));
    }
    if (!expression.times.empty()) {
      read_phase_name(table, "that", expression.times, scenario);
    }
  }
  scenario.expectations.push_back(std::move(expectation));
}

void read_recovery(Table& table, Scenario& scenario) {
  RecoveryExpectation recovery;
  recovery.within = table.required_duration("within");
  recovery.hold = table.duration("hold").value_or(recovery.hold);
  recovery.when = read_expressions(table, "when");
  for (const Expression& expression : recovery.when) {
    if (expression.metric == Metric::calls_per_arrival || !expression.times.empty()) {
      table.problem("when",
                    fmt::format("'{}' is of a phase, and cannot be told of a window", expression.text));
    }
  }
  if (recovery.hold < recovery.window) {
    table.problem("hold", fmt::format("hold must be at least one window of {}", to_text(recovery.window)));
  }
  scenario.recoveries.push_back(std::move(recovery));
  table.finish();
}

// The target of one SLO, from the file that the scenario names.
void read_budget(Table& table, const std::string& slo_name, Scenario& scenario) {
  BudgetExpectation budget;
  budget.slo = table.required_text("slo");
  budget.spend_at_most = table.ratio("spend_at_most").value_or(Ratio{1});
  table.one_of("of", {"this run"});
  table.finish();
  if (slo_name.empty()) {
    table.problem("slo", "a budget needs [scenario] slo, the file with the targets");
    return;
  }
  if (scenario.objectives.empty()) {
    return;  // what is wrong with the file has been reported
  }
  std::vector<std::string> names;
  names.reserve(scenario.objectives.size());
  for (const slo::Objective& objective : scenario.objectives) {
    names.push_back(objective.name);
    if (objective.name == budget.slo) {
      budget.target = objective.target;
      budget.good = objective.good;
      scenario.budgets.push_back(budget);
      return;
    }
  }
  table.problem(
      "slo",
      fmt::format("'{}' has no objective '{}' (known: {})", slo_name, budget.slo, fmt::join(names, ", ")),
      did_you_mean(budget.slo, names));
}

void read_invariants(Table& table, Scenario& scenario) {
  const auto value = table.get("invariants");
  std::vector<std::string> known;
  for (const Invariant invariant : kInvariants) {
    known.push_back(to_text(invariant));
  }
  const std::vector<Value> values =
      value->kind() == Value::Kind::array ? value->array() : std::vector<Value>{*value};
  for (const Value& each : values) {
    const std::string name = each.kind() == Value::Kind::text ? each.text() : "";
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      each.problem(fmt::format("unknown invariant '{}' (known: {})", name, fmt::join(known, "; ")),
                   did_you_mean(name, known));
    } else {
      scenario.invariants.push_back(kInvariants[found - known.begin()]);
      check_webhook_invariant(scenario.invariants.back(), each, scenario);
    }
  }
}

// One share for every phase, or a table with a share for some.
void read_completion_floors(Table& table, Scenario& scenario) {
  const auto value = table.get("complete_at_least");
  if (!value || value->kind() != Value::Kind::table) {
    scenario.complete_at_least = table.ratio("complete_at_least").value_or(scenario.complete_at_least);
    return;
  }
  Table floors = value->table();
  for (const std::string& name : floors.keys()) {
    const auto share = floors.ratio(name);
    if (read_phase_name(floors, name, name, scenario) && share) {
      scenario.complete_at_least_in[name] = *share;
    }
  }
  floors.finish();
}

}  // namespace

void read_expectations(Table& file, const std::string& slo_name, Scenario& scenario, Diagnostics& problems) {
  for (Table& table : file.tables("expect")) {
    const bool phase = table.has("phase") || table.has("that");
    if (auto recovered = table.table("recovered")) {
      read_recovery(*recovered, scenario);
    } else if (auto budget = table.table("budget")) {
      read_budget(*budget, slo_name, scenario);
    } else if (table.has("invariants")) {
      read_invariants(table, scenario);
      read_completion_floors(table, scenario);
    } else if (table.has("alert") || table.has("alerts")) {
      read_alert(table, scenario);
    } else if (table.has("sql") || table.has("redis") || table.has("http")) {
      read_count(table, scenario, problems);
    } else if (phase) {
      read_phase_expectation(table, scenario);
    } else {
      // Ask for what there could have been, so that a misspelling is recognised.
      table.get("phase");
      table.get("that");
      if (table.empty()) {
        table.problem("phase", "an expectation is empty");
      }
    }
    table.finish();
  }
}

}  // namespace faultline::scenario
