#include "run_on_paper.h"

#include <gtest/gtest.h>

namespace faultline::judge {

using namespace std::chrono_literals;
using nlohmann::ordered_json;

RunOnPaper::RunOnPaper() {
  scenario.name = "paper";
  for (const char* name : {"steady", "incident", "recovery"}) {
    scenario.phases.push_back({name, scenario.length(), 10s});
  }
}

ordered_json& RunOnPaper::write(const std::string& kind, double t, const ordered_json& fields) {
  ordered_json record = {{"kind", kind}, {"by", "test"}, {"n", journal.size()}, {"t", t}};
  record.update(fields);
  return journal.emplace_back(std::move(record));
}

void RunOnPaper::play_phases(int arrivals) {
  write("plan", -1, {{"arrivals", arrivals}});
  for (const scenario::Phase& phase : scenario.phases) {
    write("phase", seconds(phase.begin), {{"phase", phase.name}, {"edge", "begin"}});
    write("phase", seconds(phase.end()), {{"phase", phase.name}, {"edge", "end"}});
  }
  for (int k = 1; k <= arrivals; ++k) {
    write("arrival", 0, {{"k", k}, {"phase", "steady"}, {"journey", "j"}, {"due", 0}, {"late", 0.001}});
  }
}

void RunOnPaper::fault(const std::string& name, bool on, const std::string& why, double t) {
  write("fault", t, {{"fault", name}, {"on", on}, {"why", why}});
}

void RunOnPaper::acted(const std::string& fault) {
  write("decision", 10, {{"fault", fault}, {"dependency", "redis"}, {"connection", 1}, {"effect", "reset"}});
}

ordered_json& RunOnPaper::request(double due, std::optional<double> latency, bool expected) {
  std::string phase = scenario.phases.back().name;
  for (const scenario::Phase& each : scenario.phases) {
    if (due < seconds(each.end())) {
      phase = each.name;
      break;
    }
  }
  ordered_json& record =
      write("request", due, {{"k", 1}, {"route", "GET /"}, {"attempt", 1}, {"phase", phase}, {"due", due}});
  if (latency) {
    record["latency"] = *latency;
  }
  record["status"] = latency ? (expected ? 200 : 500) : 0;
  record["failure"] = latency ? "" : "timeout";
  record["expected"] = latency.has_value() && expected;
  return record;
}

void RunOnPaper::requests(int count, double begin, std::optional<double> latency, bool expected) {
  for (int i = 0; i < count; ++i) {
    request(begin + 10.0 * i / count, latency, expected);
  }
}

void RunOnPaper::step_end(std::size_t step, bool ok, const std::string& text, double t) {
  write("step", t, {{"step", step}, {"edge", "end"}, {"ok", ok}, {"text", text}});
}

void RunOnPaper::probe(std::size_t step, bool at_rest, bool seen, const std::string& text, double after) {
  write("probe", 0, {{"step", step}, {"at_rest", at_rest}, {"seen", seen}, {"text", text}, {"after", after}});
}

void RunOnPaper::accepted_run(int k, const std::string& phase, const std::string& status) {
  write("observation", 40,
        {{"of", "run"}, {"k", k}, {"phase", phase}, {"job", "job-" + std::to_string(k)}, {"status", status}});
}

void RunOnPaper::report(int k, const ordered_json& summary, bool stale) {
  write("observation", 40,
        {{"of", "report"},
         {"k", k},
         {"job", "job-" + std::to_string(k)},
         {"summary", summary},
         {"stale", stale}});
}

fault::Rule& RunOnPaper::add_fault(const std::string& name) {
  fault::Rule rule;
  rule.name = name;
  rule.on = "redis";
  return scenario.faults.emplace_back(std::move(rule));
}

std::size_t RunOnPaper::add_action(scenario::Step::Kind kind, std::size_t phase) {
  Diagnostics problems;
  Table file = Table::parse("do = { restart = 'redis' }", "t.toml", problems);
  auto table = file.table("do");
  scenario.steps.push_back(
      {.kind = kind, .say = "restart it", .phase = phase, .action = steps::read_action(*table)});
  return scenario.steps.size() - 1;
}

std::size_t RunOnPaper::add_probe(scenario::Step::Kind kind, std::size_t phase) {
  Diagnostics problems;
  Table file = Table::parse("probe = { redis = ['PING'], fails = true, within = '2s' }", "t.toml", problems);
  auto table = file.table("probe");
  scenario.steps.push_back(
      {.kind = kind, .say = "PING fails", .phase = phase, .probe = steps::read_probe(*table)});
  return scenario.steps.size() - 1;
}

std::vector<result::Check> RunOnPaper::checks(const std::string& kind) const {
  std::vector<result::Check> found = judged().checks;
  std::erase_if(found, [&](const result::Check& check) { return check.kind != kind; });
  return found;
}

result::Check RunOnPaper::check(const std::string& kind) const {
  const auto found = checks(kind);
  EXPECT_EQ(found.size(), 1U) << "checks of kind " << kind;
  return found.empty() ? result::Check{} : found.front();
}

scenario::Expression expression(const std::string& text) {
  Diagnostics problems;
  Table table = Table::parse("that = \"" + text + "\"", "t.toml", problems);
  const auto read = scenario::read_expression(*table.get("that"));
  EXPECT_TRUE(read) << text;
  return read.value_or(scenario::Expression{});
}

}  // namespace faultline::judge
