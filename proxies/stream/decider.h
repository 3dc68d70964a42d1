#pragma once
// What the rules of one proxy make of a request: whose it is, which of the rules are on for that, and what they decide.
// Internal to this folder; lives on the proxy's transport.

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fault/decide.h"
#include "protocol/conversation.h"
#include "stream/causes.h"
#include "stream/proxy.h"

namespace faultline::stream {

class RuleDecider final : public protocol::Decider {
 public:
  RuleDecider(std::string dependency, Seed seed, Causes& causes, fault::Observe observe, Observer& observer);

  /// Replaces the rules. Those that are not for messages are passed over.
  void set_rules(const RuleSet& rules);

  bool active() const override { return !rules_.empty() || observe_ == fault::Observe::all; }
  bool asks_for(fault::Field field) const override;
  std::unique_ptr<protocol::Plan> decide(const protocol::Request& request) override;

 private:
  struct Loaded {
    std::shared_ptr<const fault::Rule> rule;
    bool on = false;  // by the clock
  };
  std::uint64_t candidates(const protocol::Request& request) const;
  bool is_on_for(const Loaded& loaded, const fault::Cause& cause) const;
  std::uint64_t next(protocol::Operation& operation, const fault::Cause& cause);

  const std::string dependency_;
  const Seed seed_;
  Causes& causes_;
  const fault::Observe observe_;
  Observer& observer_;
  std::vector<Loaded> rules_;
  std::uint64_t generation_ = 0;  // of rules_, from 1: what an operation remembers belongs to one
  fault::State state_;
  std::vector<std::shared_ptr<const fault::Rule>> on_;  // used again for each request

  // How many messages of each operation a cause has had. Causes that have been quiet for long are forgotten.
  using Ordinals = std::vector<std::pair<const protocol::Operation*, std::uint64_t>>;
  std::unordered_map<std::uint64_t, Ordinals> ordinals_, older_ordinals_;
};

}  // namespace faultline::stream
