#pragma once
// When bytes of one direction may go on: what the rules that are on make of it. Pure: it is told the time, and knows
// no socket.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/draw.h"
#include "core/time.h"
#include "fault/rule.h"
#include "protocol/conversation.h"

namespace faultline::stream {

using protocol::Way;

bool acts_on(fault::Edge edge, Way way);

/// One connection's shaping in one direction.
class Shaper {
 public:
  Shaper(Seed seed, std::uint64_t connection, Way way) : seed_(seed), connection_(connection), way_(way) {}

  /// Replaces the rules; what they count (bytes until a cut, the time of a hang) starts at `now` for those that were
  /// not on before.
  void set_rules(const std::vector<fault::Rule>& rules, Instant now);

  /// Nothing shapes this direction: bytes go through at once.
  bool idle() const { return parts_.empty(); }

  /// Whether a rule makes chunks late.
  bool delays() const;

  /// When a chunk that was read at `now` is due; never before a chunk that was read earlier.
  Instant due(Instant now);
  /// The same for the end of the stream.
  Instant due_of_end(Instant now);

  /// Flips what is to be flipped in the next bytes.
  void corrupt(std::string& bytes);

  /// There is something to write: how much of it may be written now. Zero: ask again at `again`, or after the rules
  /// have changed when it is empty.
  struct Allowance {
    std::size_t bytes = std::numeric_limits<std::size_t>::max();
    std::optional<Instant> again;
  };
  Allowance allowance(Instant now);

  /// So many bytes were written.
  void wrote(std::size_t bytes, Instant now);

  /// The cut that is to be made now, if any.
  std::optional<fault::Cut::How> cut();

  /// The rules that have changed something since this was last asked, each once in the life of the shaper.
  std::vector<std::string> take_acted();

 private:
  struct Part {
    fault::Rule rule;
    Instant since{};
    std::uint64_t written = 0;  // since then
    Instant
        free_at{};  // throttle: when the bytes written so far are paid for; slice: when the next may begin
    std::uint64_t slices = 0, slice_left = 0;  // begun; of the last, still to be written
    std::uint64_t corrupted = 0;               // bytes looked at
    std::uint64_t flips = 0, next_flip = 0;    // by probability: the byte, from 1
    bool acted = false;
  };
  void act(Part& part);
  std::uint64_t next_slice(Part& part, const fault::Slice& slice) const;
  std::uint64_t next_flip(Part& part, const fault::Corrupt& corrupt) const;
  std::string stream_of(const char* what, const Part& part) const;

  const Seed seed_;
  const std::uint64_t connection_;
  const Way way_;
  std::vector<Part> parts_;  // in the order of the rules
  std::uint64_t chunk_ = 0;
  Instant last_due_{};
  std::vector<std::string> acted_;       // not yet taken
  std::vector<std::string> acted_ever_;  // so that a rule that comes back is not told twice
};

}  // namespace faultline::stream
