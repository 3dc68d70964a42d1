#pragma once
// A run that never happened, for tests: a scenario of three phases of 10 s each (steady, incident, recovery) and a
// journal that is written by hand.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "judge/judge.h"

namespace faultline::judge {

class RunOnPaper {
 public:
  RunOnPaper();

  scenario::Scenario scenario;
  std::vector<nlohmann::ordered_json> journal;

  nlohmann::ordered_json& write(const std::string& kind, double t, const nlohmann::ordered_json& fields);
  /// Every phase begins and ends, and as many arrivals are planned and started in time.
  void play_phases(int arrivals = 1);
  void fault(const std::string& name, bool on, const std::string& why, double t);
  void acted(const std::string& fault);
  /// In the phase in which it is due. `latency` in seconds; absent: no answer. The record, until the next is written.
  nlohmann::ordered_json& request(double due, std::optional<double> latency = 0.01, bool expected = true);
  /// `count` of them, evenly over the phase that begins at `begin`.
  void requests(int count, double begin, std::optional<double> latency = 0.01, bool expected = true);
  void step_end(std::size_t step, bool ok, const std::string& text, double t);
  void probe(std::size_t step, bool at_rest, bool seen, const std::string& text, double after = 0);
  void accepted_run(int k, const std::string& phase, const std::string& status);
  void report(int k, const nlohmann::ordered_json& summary, bool stale = false);

  fault::Rule& add_fault(const std::string& name);
  /// A mitigation or another action in the phase of that index; its index among the steps.
  std::size_t add_action(scenario::Step::Kind kind, std::size_t phase);
  std::size_t add_probe(scenario::Step::Kind kind, std::size_t phase);

  result::Result judged() const { return judge(scenario, journal); }
  /// The checks of one kind.
  std::vector<result::Check> checks(const std::string& kind) const;
  /// The only check of that kind.
  result::Check check(const std::string& kind) const;
};

scenario::Expression expression(const std::string& text);

}  // namespace faultline::judge
