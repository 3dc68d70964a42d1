#include "fault/rule.h"

#include <fmt/format.h>

#include "core/table.h"
#include "fault/catalogue.h"

namespace faultline::fault {

std::optional<Rule> read_rule(Table& table) {
  Rule rule;
  rule.place = table.place();
  rule.name = table.required_text("name");
  rule.on = table.required_text("on");
  rule.during = table.texts("during");
  rule.until =
      table.one_of("until", {"phase", "mitigation"}) == "mitigation" ? Until::mitigation : Until::phase;
  rule.enabled = table.boolean("enabled").value_or(true);
  rule.may_idle = table.boolean("may_idle").value_or(false);
  const auto edge = table.one_of("edge", {"request", "response", "both"});
  const Row* row = nullptr;
  std::optional<Fault> fault;
  if (auto inject = table.table("inject")) {
    fault = read_fault(*inject, row);
  } else if (!table.has("inject")) {
    table.missing("inject");
  }
  table.finish();
  if (!fault) {
    return std::nullopt;
  }
  if (edge && !row->has_edges) {
    table.problem("edge", fmt::format("'{}' acts on whole connections: it has no edge", row->name));
    return std::nullopt;
  }
  rule.fault = *fault;
  rule.edge = !edge                ? row->default_edge
              : *edge == "request" ? Edge::request
              : *edge == "both"    ? Edge::both
                                   : Edge::response;
  return rule;
}

}  // namespace faultline::fault
