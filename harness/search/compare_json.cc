// A comparison for programs. docs/compare.md describes it.

#include <nlohmann/json.hpp>

#include "search/compare.h"

namespace faultline::search {
namespace {

using nlohmann::ordered_json;

ordered_json side_of(const ComparedSide& side) {
  ordered_json changes = ordered_json::array();
  for (const Override& change : side.side.changes) {
    changes.push_back(change.key + "=" + change.value);
  }
  return {{"name", side.side.name}, {"overrides", std::move(changes)}, {"service", side.service}};
}

ordered_json row_of(const Row& row) {
  return {{"phase", row.phase},
          {"figure", to_text(row.of)},
          {"a", row.a},
          {"a_again", row.again},
          {"b", row.b},
          {"spread", row.spread},
          {"pairs", row.pairs},
          {"a_worse", row.a_worse},
          {"b_worse", row.b_worse},
          {"samples_a", row.samples_a},
          {"samples_b", row.samples_b},
          {"b_is", to_text(row.change)},
          {"accepted", row.accepted}};
}

ordered_json checks_of(const std::vector<result::Check>& checks) {
  ordered_json list = ordered_json::array();
  for (const result::Check& check : checks) {
    list.push_back(identity_of(check));
    list.back()["actual"] = check.actual;
  }
  return list;
}

ordered_json only(const OnlyIn& points) {
  return {{"count", points.count}, {"first", points.first}};
}

}  // namespace

ordered_json to_json(const Compared& compared) {
  ordered_json rows = ordered_json::array();
  for (const Row& row : compared.rows) {
    rows.push_back(row_of(row));
  }
  return {{"schema", "faultline.compare/1"},
          {"scenario", compared.scenario},
          {"title", compared.title},
          {"seed", compared.seed},
          {"directory", compared.directory},
          {"exit_status", exit_status(compared)},
          {"b_is", compared.all_judged() ? ordered_json(to_text(compared.change())) : ordered_json(nullptr)},
          {"a", side_of(compared.a)},
          {"b", side_of(compared.b)},
          {"runs",
           {{"a", to_json(compared.of_a)},
            {"a_again", to_json(compared.of_a_again)},
            {"b", to_json(compared.of_b)}}},
          {"figures", std::move(rows)},
          {"only_a_held", checks_of(compared.only_a_held)},
          {"only_b_held", checks_of(compared.only_b_held)},
          {"unsteady", checks_of(compared.unsteady)},
          {"fault_points",
           {{"only_a", only(compared.points_only_a)},
            {"only_b", only(compared.points_only_b)},
            {"only_a_again", only(compared.points_only_again)}}},
          {"not_shown", compared.not_shown}};
}

}  // namespace faultline::search
