#include "fronted.h"

#include <fmt/format.h>

#include "core/table.h"

namespace faultline::stream {
namespace {

std::vector<fault::Rule> read(std::initializer_list<std::string> rules, const std::string& protocol,
                              std::size_t first) {
  std::vector<fault::Rule> list;
  for (const std::string& text : rules) {
    Diagnostics problems;
    Table root = Table::parse("fault = { " + text + " }", "rule", problems);
    for (Table& table : root.tables("fault")) {
      if (auto rule = fault::read_rule(table, {{"test", protocol}}, fmt::format("rule {}", ++first))) {
        list.push_back(std::move(*rule));
      }
    }
    for (const Diagnostic& problem : problems) {
      ADD_FAILURE() << to_text(problem);
    }
  }
  return list;
}

}  // namespace

Fronted::Fronted(transport::Kind kind, std::uint16_t server, const std::string& protocol,
                 std::initializer_list<std::string> rules)
    : protocol_(protocol), carrier_(transport::make(kind, "proxy")) {
  ProxyOptions options;
  options.name = "test";
  options.upstream.port = server;
  options.protocol = protocol;
  options.seed = 7;
  proxy_ = std::make_unique<Proxy>(*carrier_, options, recorder_);
  apply(rules);
}

void Fronted::apply(std::initializer_list<std::string> on, std::initializer_list<std::string> off) {
  proxy_->apply({read(on, protocol_, 0), read(off, protocol_, on.size())});
}

std::vector<std::string> Fronted::acted() {
  const std::lock_guard lock(recorder_.mutex);
  return recorder_.actions;
}

std::vector<std::string> Fronted::unframed() {
  const std::lock_guard lock(recorder_.mutex);
  return recorder_.reasons;
}

void Fronted::Recorder::acted(const Action& action) {
  const std::lock_guard lock(mutex);
  actions.push_back(action.operation.empty() ? action.effect
                                             : fmt::format("{} {} {} #{}", action.effect, action.edge,
                                                           action.operation, action.nth));
}

void Fronted::Recorder::did_not_fit(const Action& action) {
  const std::lock_guard lock(mutex);
  actions.push_back(fmt::format("too long: {} {} #{}", action.effect, action.operation, action.nth));
}

void Fronted::Recorder::unframed(std::uint64_t /*connection*/, std::string_view reason,
                                 bool /*handed_through*/) {
  const std::lock_guard lock(mutex);
  reasons.emplace_back(reason);
}

}  // namespace faultline::stream
