#include "load/check.h"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::load {

bool Check::holds(const Answer& answer, int status_of_answer, Duration latency) const {
  if (within && latency > *within) {
    return false;
  }
  if (!status.empty() && std::find(status.begin(), status.end(), status_of_answer) == status.end()) {
    return false;
  }
  if (!at) {
    return true;
  }
  if (in.empty()) {
    return answer.has(*at);
  }
  const auto text = answer.text(*at);
  return text && std::find(in.begin(), in.end(), *text) != in.end();
}

std::vector<Check> read_checks(Table& table) {
  std::vector<Check> checks;
  for (Table& each : table.tables("check")) {
    Check check;
    check.name = each.required_text("name");
    check.at = read_source_in(each);
    check.in = each.texts("in");
    check.status = read_statuses(each, "status");
    check.within = each.duration("within");
    if (each.has("in") && !check.at) {
      each.problem("in", "'in' needs a 'pointer', a 'header' or a 'pattern' to look at");
    } else if (!check.at && check.status.empty() && !check.within) {
      each.problem("name", fmt::format("'{}' checks nothing", check.name));
    }
    const bool twice = std::any_of(checks.begin(), checks.end(),
                                   [&](const Check& other) { return other.name == check.name; });
    if (twice) {
      each.problem("name", fmt::format("there are two checks '{}'", check.name));
    }
    each.finish();
    checks.push_back(std::move(check));
  }
  return checks;
}

std::vector<int> read_statuses(Table& table, std::string_view key) {
  std::vector<int> statuses;
  const auto value = table.get(key);
  if (!value) {
    return statuses;
  }
  const std::vector<Value> list = value->kind() == Value::Kind::array ? value->array() : std::vector{*value};
  for (const Value& status : list) {
    if (status.kind() != Value::Kind::integer || status.integer() < 100 || status.integer() > 599) {
      status.problem(fmt::format("'{}' must hold statuses, 100 to 599", key));
      continue;
    }
    statuses.push_back(static_cast<int>(status.integer()));
  }
  if (list.empty()) {
    value->problem(fmt::format("'{}' names no status", key), "leave it out to expect every 2xx");
  }
  return statuses;
}

}  // namespace faultline::load
