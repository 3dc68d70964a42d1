#pragma once
// What becomes of the bytes of a message that a rule acts on. A small closed set: a new fault is a new way to fill these
// in, not a new thing for a session to do.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fault/decide.h"

namespace faultline::protocol {

/// What was decided about a request, and which one it is, for whoever is told that a rule acted.
struct Plan {
  fault::Decision decision;
  bool remember = false;  // a rule may want what it is answered, later
  std::string operation;
  fault::Cause cause;
  fault::Known known = fault::Known::background;
  std::uint64_t nth = 1;
};

/// A rule takes effect, or does not although it was decided.
struct Effect {
  const Plan* plan = nullptr;
  const fault::Act* act = nullptr;
  bool fits = true;  // false: the message is longer than the effect can take, and goes on as it is
};

struct Treatment {
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  // In this order.
  Duration delay{};                    // nothing of it goes out before
  std::string_view before;             // goes out first
  bool drop = false;                   // the piece's own bytes do not go out
  std::size_t patch_at = kNowhere;     // but for this byte, which is
  char patch = 0;                      // another one
  double bytes_per_second = 0;         // above 0: it goes out so slowly
  std::size_t stop_at = kNowhere;      // behind so many bytes of the piece …
  std::optional<fault::Hang> hang;     // … nothing goes on, for a while
  std::optional<fault::Cut::How> cut;  // … or the connection ends

  const fault::Rule* rule = nullptr;  // that holds back what is delayed or hangs: lifted, it lets go
  std::vector<Effect> effects;        // that begin here
};

/// The bytes of one message, or of all that answers one request, on their way past the rules that act on them, whatever
/// the protocol. A protocol takes the effects that are its own out of it and makes them itself.
class Passage {
 public:
  /// The plan outlives the passage.
  void begin(const Plan& plan, const fault::Decision::Side& side);
  void end() { plan_ = nullptr; }
  /// The message is too long for its effect, which is told with the first piece.
  void give_up() { too_long_ = true; }
  /// This goes out in the place of the message, or before it. It is the effect, and told with the first piece.
  void replace(std::string_view with);
  void precede(std::string_view with);
  bool active() const { return plan_ != nullptr; }
  /// The effect of this kind, if it is this.
  template <typename F>
  const F* effect() const {
    return plan_ && side_->effect ? std::get_if<F>(&side_->effect->rule->fault) : nullptr;
  }
  const fault::Act* act() const { return side_->effect ? &*side_->effect : nullptr; }

  /// For the next piece, of these bytes; null: it passes. What is common to all protocols is filled in: delay, cut, hang,
  /// corrupt, throttle.
  Treatment* treat(std::span<const char> piece);
  /// An empty treatment for the same piece, with its delay if it is the first. The protocol fills it in.
  Treatment& own();
  /// It takes effect with this piece: told once.
  void acts(Treatment& treatment);
  /// Likewise, that the message is too long for it.
  void does_not_fit(Treatment& treatment);

 private:
  const Plan* plan_ = nullptr;
  const fault::Decision::Side* side_ = nullptr;
  std::uint64_t passed_ = 0;  // bytes of the message before this piece
  bool first_ = true;
  bool told_ = false;
  bool too_long_ = false;
  bool changed_ = false, drops_ = false;  // the message goes out behind `instead_`, or does not
  std::string instead_;
  Treatment treatment_;
};

/// What requests were answered, for rules that give an answer again. Of each key the last two answers that differ.
class Memory {
 public:
  static constexpr std::size_t kMostKeys = 1'000, kLongestKey = 4'096, kLongestAnswer = 64 * 1024;

  void remember(const std::string& key, std::string_view answer);
  /// The latest answer that is not `now`; null when there is none.
  const std::string* other_than(const std::string& key, std::string_view now) const;

 private:
  struct Answers {
    std::string last, before;
  };
  std::unordered_map<std::string, Answers> by_key_;
};

}  // namespace faultline::protocol
