#include "stream/decider.h"

#include <algorithm>

namespace faultline::stream {
namespace {

// Rules that an operation can remember something about; those beyond are always looked at.
constexpr std::size_t kMostRemembered = 63;
constexpr std::uint64_t kOthers = std::uint64_t{1} << kMostRemembered;

// Causes whose ordinals are kept at the least.
constexpr std::size_t kMostCauses = 50'000;

bool of_login(const fault::Rule& rule) {
  return std::holds_alternative<fault::RefuseLogin>(rule.fault);
}

bool wants_answers(const fault::Rule& rule) {
  return std::holds_alternative<fault::Stale>(rule.fault);
}

}  // namespace

RuleDecider::RuleDecider(std::string dependency, Seed seed, Causes& causes, fault::Observe observe,
                         Observer& observer)
    : dependency_(std::move(dependency)),
      seed_(seed),
      causes_(causes),
      observe_(observe),
      observer_(observer) {}

void RuleDecider::set_rules(const RuleSet& rules) {
  rules_.clear();
  ++generation_;
  const auto add = [this](const std::vector<fault::Rule>& list, bool on) {
    for (const fault::Rule& rule : list) {
      if (rule.of_messages) {
        rules_.push_back({std::make_shared<const fault::Rule>(rule), on});
      }
    }
  };
  add(rules.on, true);
  add(rules.off, false);
  // As they were written, whether they are on or not.
  std::stable_sort(rules_.begin(), rules_.end(), [](const Loaded& a, const Loaded& b) {
    return std::pair(a.rule->place.line, a.rule->place.column) <
           std::pair(b.rule->place.line, b.rule->place.column);
  });
}

bool RuleDecider::asks_for(fault::Field field) const {
  return std::any_of(rules_.begin(), rules_.end(), [field](const Loaded& loaded) {
    return loaded.rule->match.asks_for(field) ||
           (field == fault::Field::body && std::holds_alternative<fault::Duplicate>(loaded.rule->fault));
  });
}

// Those whose match can hold for some message of this operation.
std::uint64_t RuleDecider::candidates(const protocol::Request& request) const {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const fault::Rule& rule = *rules_[i].rule;
    if (of_login(rule) == request.login && rule.match.can_hold(request.subject)) {
      bits |= i < kMostRemembered ? std::uint64_t{1} << i : kOthers;
    }
  }
  return bits;
}

// By the phase in which its cause was due; by the clock where that is not known.
bool RuleDecider::is_on_for(const Loaded& loaded, const fault::Cause& cause) const {
  const fault::Rule& rule = *loaded.rule;
  if (cause.phase.empty()) {
    return loaded.on;
  }
  if (rule.during.empty()) {
    return true;  // in whichever phase: its first arrival may be quicker than the clock that begins the phase
  }
  return std::find(rule.during.begin(), rule.during.end(), cause.phase) != rule.during.end() ||
         (loaded.on && rule.until == fault::Until::mitigation);
}

std::uint64_t RuleDecider::next(protocol::Operation& operation, const fault::Cause& cause) {
  if (cause.background()) {
    return ++operation.background;
  }
  if (ordinals_.size() >= kMostCauses) {
    older_ordinals_ = std::exchange(ordinals_, {});
  }
  Ordinals& of_cause = ordinals_[cause.key];
  if (of_cause.empty()) {
    if (const auto older = older_ordinals_.find(cause.key); older != older_ordinals_.end()) {
      of_cause = std::move(older->second);
    }
  }
  const auto known = std::find_if(of_cause.begin(), of_cause.end(),
                                  [&](const auto& one) { return one.first == &operation; });
  if (known != of_cause.end()) {
    return ++known->second;
  }
  of_cause.emplace_back(&operation, 1);
  return 1;
}

std::unique_ptr<protocol::Plan> RuleDecider::decide(const protocol::Request& request) {
  protocol::Operation& operation = request.operation;
  if (operation.rules != generation_ || generation_ == 0) {
    operation.rules = generation_;
    operation.candidates = candidates(request);
  }
  const Causes::Found found = causes_.find(dependency_, request);
  if (operation.candidates == 0 && observe_ != fault::Observe::all) {
    return nullptr;
  }
  const fault::FaultPoint point{dependency_, operation.name, found.cause, found.known,
                                next(operation, *found.cause)};
  if (observe_ != fault::Observe::off) {
    observer_.passed({point.operation, found.cause->name, fault::to_text(point.known), point.nth});
  }
  on_.clear();
  bool remember = false;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Loaded& loaded = rules_[i];
    if ((operation.candidates & (i < kMostRemembered ? std::uint64_t{1} << i : kOthers)) == 0 ||
        of_login(*loaded.rule) != request.login) {
      continue;
    }
    if (is_on_for(loaded, *found.cause)) {
      on_.push_back(loaded.rule);
    }
    remember = remember || (wants_answers(*loaded.rule) && loaded.rule->match.holds(request.subject));
  }
  if (on_.empty() && !remember) {
    return nullptr;
  }
  fault::Decision decision = fault::decide(on_, request.subject, point, seed_, state_);
  if (decision.empty() && !remember) {
    return nullptr;
  }
  auto plan = std::make_unique<protocol::Plan>();
  plan->decision = std::move(decision);
  plan->remember = remember;
  plan->operation = operation.name;
  plan->cause = *found.cause;
  plan->known = found.known;
  plan->nth = point.nth;
  return plan;
}

}  // namespace faultline::stream
