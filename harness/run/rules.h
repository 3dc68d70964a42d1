#pragma once
// Which faults are on. The timeline switches them with the phases, steps lift them, and every change is
// handed to the proxies and journaled.

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/journal.h"
#include "fault/rule.h"

namespace faultline::run {

class Rules {
 public:
  /// Hands a proxy the rules for its dependency, in the order of the file: those that are on, and those that are not now
  /// and may come on.
  using Apply = std::function<void(const std::string& dependency, const std::vector<fault::Rule>& on,
                                   const std::vector<fault::Rule>& off)>;

  /// Is told that a rule for a process has come on or gone off.
  using Switch = std::function<void(const fault::Rule& rule, bool on)>;

  /// `clock` gives the time that a change is journaled with.
  Rules(const std::vector<fault::Rule>& rules, Apply apply, Switch of_process, Journal::Producer& journal,
        std::function<Instant()> clock);

  // From any thread.

  /// Before the first phase: hands over what there is.
  void load();
  /// A phase begins: its rules come on.
  void begin(const std::string& phase);
  /// The phase before `next` ends: rules that are not for `next` go off, but for those that wait for a
  /// mitigation.
  void end_before(const std::string& next);
  /// A mitigation has ended: the rules that waited for it go off, and stay off. It is for these, or for all that wait.
  void mitigated(const std::optional<std::vector<std::string>>& faults = std::nullopt);
  /// Takes one rule off for the rest of the run.
  void lift(const std::string& name);
  /// The last phase is over: whatever is still on goes off. What was due in a phase of a rule still meets it.
  void finish();
  /// The load has ended: no rule acts any more, on nothing.
  void unload();

 private:
  void switch_rule(const fault::Rule& rule, bool on, std::string_view why);
  std::set<std::string> dependencies() const;
  void hand_over(const std::set<std::string>& dependencies);
  bool applies(const fault::Rule& rule, const std::string& phase) const;

  const std::vector<fault::Rule>& rules_;
  const Apply apply_;
  const Switch of_process_;
  Journal::Producer& journal_;
  const std::function<Instant()> clock_;
  std::mutex mutex_;
  std::set<std::string> on_, lifted_;  // by name
};

}  // namespace faultline::run
