#include "fault/rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/table.h"
#include "fault/catalogue.h"

namespace faultline::fault {
namespace {

const Target* read_target(Table& table, const std::vector<Target>& targets) {
  if (!table.has("on") && targets.size() == 1) {
    return &targets.front();
  }
  const std::string on = table.required_text("on");
  const auto target =
      std::find_if(targets.begin(), targets.end(), [&](const Target& one) { return one.name == on; });
  if (target != targets.end()) {
    return &*target;
  }
  if (!on.empty()) {
    std::vector<std::string> names;
    names.reserve(targets.size());
    for (const Target& each : targets) {
      names.push_back(each.name);
    }
    std::string suggestion = did_you_mean(on, names);
    if (suggestion.empty() && !names.empty()) {
      suggestion = fmt::format("there is {}", fmt::join(names, ", "));
    }
    table.problem("on", fmt::format("there is no '{}' to put a fault in front of", on), suggestion);
  }
  return nullptr;
}

std::optional<Edge> read_edge(Table& table) {
  const auto word = table.one_of("edge", {"request", "response", "both"});
  if (!word) {
    return std::nullopt;
  }
  return *word == "request" ? Edge::request : *word == "response" ? Edge::response : Edge::both;
}

// Whether the edge, the match and the triggers go with the fault; what does not was reported.
bool agrees(Table& table, const Rule& rule, const Row& row, std::optional<Edge> edge) {
  const std::string_view acts_on = row.on == Row::On::connections ? "whole connections"
                                   : row.on == Row::On::process   ? "a process"
                                                                  : "the bytes of a connection";
  if (edge && row.edges.empty()) {
    table.problem("edge", fmt::format("'{}' acts on {}: it has no edge", row.name, acts_on));
    return false;
  }
  if (edge && std::find(row.edges.begin(), row.edges.end(), *edge) == row.edges.end()) {
    table.problem("edge", fmt::format("'{}' has no {} edge", row.name, to_text(*edge)),
                  fmt::format("it acts on the {}", to_text(row.edges.front())));
    return false;
  }
  for (const char* key : {"match", "when"}) {
    if (table.has(key) && !rule.of_messages) {
      table.problem(key, fmt::format("'{}' acts on {}, not on messages", row.name, acts_on));
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Rule> read_rule(Table& table, const std::vector<Target>& targets, const std::string& unnamed) {
  Rule rule;
  rule.place = table.place();
  rule.name = unnamed.empty() || table.has("name") ? table.required_text("name") : unnamed;
  const Target* target = read_target(table, targets);
  const std::string protocol = target ? target->protocol : "raw";
  rule.on = target ? target->name : "";
  rule.during = table.texts("during");
  rule.until =
      table.one_of("until", {"phase", "mitigation"}) == "mitigation" ? Until::mitigation : Until::phase;
  rule.enabled = table.boolean("enabled").value_or(true);
  rule.may_idle = table.boolean("may_idle").value_or(false);
  const auto edge = read_edge(table);
  const Row* row = nullptr;
  std::optional<Fault> fault;
  bool good = target != nullptr;
  if (auto inject = table.table("inject"); inject && target) {
    fault = read_fault(*inject, protocol, target->process, edge, row);
  } else if (!table.has("inject")) {
    table.missing("inject");
  }
  const bool framed = protocol != "raw";
  if (auto match = table.table("match"); match && target) {
    if (!framed) {
      table.problem("match", "bytes have no messages to match", "give the protocol");
      return std::nullopt;
    }
    const auto read = read_match(*match, protocol);
    good = good && read.has_value();
    rule.match = read.value_or(Match{});
  }
  if (auto when = table.table("when")) {
    if (!framed && target) {
      table.problem("when", "bytes have no messages to count", "give the protocol");
      return std::nullopt;
    }
    const auto read = read_when(*when);
    good = good && read.has_value();
    rule.when = read.value_or(When{});
  }
  table.finish();
  if (!fault || !good) {
    return std::nullopt;
  }
  rule.of_messages = row->on == Row::On::messages ||
                     (row->on == Row::On::bytes_or_messages && (table.has("match") || table.has("when")));
  rule.of_process = row->on == Row::On::process;
  if (!agrees(table, rule, *row, edge)) {
    return std::nullopt;
  }
  if (const Corrupt* corrupt = std::get_if<Corrupt>(&*fault);
      corrupt && rule.of_messages && corrupt->nth_byte == 0) {
    table.problem("inject", "of a message, nth_byte is flipped", "a probability is written in `when`");
    return std::nullopt;
  }
  rule.fault = *fault;
  rule.edge = edge.value_or(row->edges.empty() ? Edge::both : row->edges.front());
  return rule;
}

}  // namespace faultline::fault
