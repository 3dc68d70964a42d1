#include "run/rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace faultline::run {

Rules::Rules(const std::vector<fault::Rule>& rules, Apply apply, Switch of_process,
             Journal::Producer& journal, std::function<Instant()> clock)
    : rules_(rules),
      apply_(std::move(apply)),
      of_process_(std::move(of_process)),
      journal_(journal),
      clock_(std::move(clock)) {}

bool Rules::applies(const fault::Rule& rule, const std::string& phase) const {
  return rule.enabled && !lifted_.contains(rule.name) &&
         (rule.during.empty() ||
          std::find(rule.during.begin(), rule.during.end(), phase) != rule.during.end());
}

void Rules::load() {
  const std::lock_guard lock(mutex_);
  hand_over(dependencies());
}

void Rules::unload() {
  const std::lock_guard lock(mutex_);
  for (const fault::Rule& rule : rules_) {
    lifted_.insert(rule.name);
  }
  hand_over(dependencies());
}

std::set<std::string> Rules::dependencies() const {
  std::set<std::string> list;
  for (const fault::Rule& rule : rules_) {
    list.insert(rule.on);
  }
  return list;
}

void Rules::begin(const std::string& phase) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> changed;
  for (const fault::Rule& rule : rules_) {
    if (applies(rule, phase) && !on_.contains(rule.name)) {
      switch_rule(rule, true, "phase");
      changed.insert(rule.on);
    }
  }
  hand_over(changed);
}

void Rules::end_before(const std::string& next) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> changed;
  for (const fault::Rule& rule : rules_) {
    if (on_.contains(rule.name) && rule.until != fault::Until::mitigation && !applies(rule, next)) {
      switch_rule(rule, false, "phase");
      changed.insert(rule.on);
    }
  }
  hand_over(changed);
}

void Rules::mitigated(const std::optional<std::vector<std::string>>& faults) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> changed;
  for (const fault::Rule& rule : rules_) {
    const bool meant = !faults || std::find(faults->begin(), faults->end(), rule.name) != faults->end();
    if (rule.until == fault::Until::mitigation && meant && on_.contains(rule.name)) {
      switch_rule(rule, false, "mitigation");
      lifted_.insert(rule.name);
      changed.insert(rule.on);
    }
  }
  hand_over(changed);
}

void Rules::lift(const std::string& name) {
  const std::lock_guard lock(mutex_);
  lifted_.insert(name);
  for (const fault::Rule& rule : rules_) {
    if (rule.name == name && on_.contains(name)) {
      switch_rule(rule, false, "lift");
      hand_over({rule.on});
    }
  }
}

void Rules::finish() {
  const std::lock_guard lock(mutex_);
  std::set<std::string> changed;
  for (const fault::Rule& rule : rules_) {
    if (on_.contains(rule.name)) {
      switch_rule(rule, false, "end");
      changed.insert(rule.on);
    }
  }
  hand_over(changed);
}

void Rules::switch_rule(const fault::Rule& rule, bool on, std::string_view why) {
  if (on) {
    on_.insert(rule.name);
  } else {
    on_.erase(rule.name);
  }
  journal_.write("fault", clock_(), {{"fault", rule.name}, {"on", on}, {"why", why}});
  if (rule.of_process) {
    of_process_(rule, on);
  }
}

void Rules::hand_over(const std::set<std::string>& dependencies) {
  for (const std::string& dependency : dependencies) {
    std::vector<fault::Rule> on, off;
    bool on_the_wire = false;
    for (const fault::Rule& rule : rules_) {
      on_the_wire = on_the_wire || (rule.on == dependency && !rule.of_process);
      if (rule.of_process) {
        continue;
      }
      if (rule.on == dependency && on_.contains(rule.name)) {
        on.push_back(rule);
      } else if (rule.on == dependency && rule.enabled && !lifted_.contains(rule.name)) {
        off.push_back(rule);
      }
    }
    if (on_the_wire) {
      apply_(dependency, on, off);
    }
  }
}

}  // namespace faultline::run
