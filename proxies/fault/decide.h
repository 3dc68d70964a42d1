#pragma once
// Whether a rule acts on a message. A pure function of the rule, the seed and the message's fault point: no time, no
// thread, no connection, no order of other messages, but for what counts `of = "run"`, which keeps its count in a State
// that is given, and says so.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/draw.h"
#include "fault/rule.h"

namespace faultline::fault {

/// What made the service send a message.
struct Cause {
  std::uint64_t key = 0;       // stable between runs: of an arrival its number; 0: background
  std::uint64_t number = 0;    // of an arrival, from 1; 0: it is none
  std::uint64_t in_phase = 0;  // the arrival's number within its phase, from 1
  std::string name;            // for people and journals: "17", "step 3", "background"
  std::string phase;           // in which an arrival was due
  std::string tenant;

  bool background() const { return key == 0; }
};

/// How a cause is known.
enum class Known { header, value, exclusion, background };
std::string_view to_text(Known known);

/// The identity of a message: two runs that behave alike have the same, and one of them has each once.
struct FaultPoint {
  std::string_view dependency;
  std::string_view operation;    // the message's meaning with its data taken out
  const Cause* cause = nullptr;  // never null
  Known known = Known::background;
  std::uint64_t nth = 1;  // ordinal among the messages of this operation and cause
};

/// What rules count in the order in which messages come.
class State {
 public:
  /// Messages that this rule was for, this one included.
  std::uint64_t next(const Rule& rule) { return ++counts_[rule.name].matched; }
  std::uint64_t& acted(const Rule& rule) { return counts_[rule.name].acted; }
  /// Of the messages of this operation and cause.
  std::uint64_t& acted(const Rule& rule, const FaultPoint& point);

 private:
  struct Counts {
    std::uint64_t matched = 0, acted = 0;
  };
  std::unordered_map<std::string, Counts> counts_;
  std::map<std::tuple<std::string, std::uint64_t, std::uint64_t>, std::uint64_t> of_cause_;
};

/// A rule acts on one edge of a message.
struct Act {
  std::shared_ptr<const Rule> rule;
  Edge edge = Edge::request;  // never both
  bool by_order = false;      // it depends on the order in which messages came
  Duration delay{};           // of a Delay, its jitter drawn
};

/// What is to become of a message, and of its answer: delays add up, of the others the first that is written acts.
struct Decision {
  struct Side {
    std::vector<Act> delays;
    std::optional<Act> effect;
    Duration delay() const;
    bool empty() const { return delays.empty() && !effect; }
  };
  Side request, response;
  bool empty() const { return request.empty() && response.empty(); }
};

/// `on` are the rules for messages that are on, in the order in which they were written. The subject is the message.
Decision decide(const std::vector<std::shared_ptr<const Rule>>& on, const Subject& subject,
                const FaultPoint& point, Seed seed, State& state);

/// The same number in every run.
std::uint64_t stable_hash(std::string_view text);

}  // namespace faultline::fault
