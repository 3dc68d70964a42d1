#include "slo/toml.h"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::slo {
namespace {

Indicator read_indicator(Table& table) {
  Indicator indicator;
  const auto of = table.one_of("of", {"requests", "runs", "webhooks"});
  if (!table.has("of")) {
    table.missing("of");
  }
  indicator.of = of == "runs"       ? Indicator::Of::runs
                 : of == "webhooks" ? Indicator::Of::webhooks
                                    : Indicator::Of::requests;
  indicator.within = table.duration("within");
  if (const auto status = table.integer("status_below")) {
    if (*status < kStatusFrom || *status > kStatusTo) {
      table.problem("status_below", fmt::format("is a status from {} to {}", kStatusFrom, kStatusTo));
    } else {
      indicator.status_below = static_cast<int>(*status);
    }
  }
  if (table.has("within") && indicator.of == Indicator::Of::runs) {
    table.problem("within", "a run is good when it completes, however long that takes",
                  "'within' is of requests and webhooks");
  }
  if (table.has("status_below") && of && indicator.of != Indicator::Of::requests) {
    table.problem("status_below", fmt::format("{} have no status", *of), "it is of requests");
  }
  if (table.has("status_below") && table.has("within")) {
    table.problem("status_below", "a request is good by its time or by its status, not both",
                  "make two objectives of it");
  }
  table.finish();
  return indicator;
}

Objective read_objective(Table& table) {
  Objective objective;
  objective.name = table.required_text("name");
  if (table.has("name") && objective.name.empty()) {
    table.problem("name", "a name is not empty");
  }
  objective.summary = table.text("summary").value_or("");
  const auto target = table.ratio("target");
  if (!table.has("target")) {
    table.missing("target");
  }
  if (target && target->value >= 1) {
    table.problem("target", std::string(kNoBudget));
  }
  objective.target = target.value_or(Ratio{});
  if (auto good = table.table("good")) {
    objective.good = read_indicator(*good);
  }
  table.finish();
  return objective;
}

}  // namespace

std::vector<Objective> read_toml(Table& file) {
  std::vector<Objective> objectives;
  for (Table& table : file.tables("slo")) {
    Objective objective = read_objective(table);
    if (std::any_of(objectives.begin(), objectives.end(),
                    [&](const Objective& each) { return each.name == objective.name; })) {
      table.problem("name", fmt::format("there are two objectives '{}'", objective.name));
    }
    objectives.push_back(std::move(objective));
  }
  return objectives;
}

}  // namespace faultline::slo
