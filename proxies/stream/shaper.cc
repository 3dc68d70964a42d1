#include "stream/shaper.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace faultline::stream {

namespace {

// A throttle lets through what a hundredth of a second may carry, then pauses: smooth, and few system calls.
constexpr double kSlicesPerSecond = 100;
// What a late timer has lost is made up for, as far as one slice.
constexpr Duration kCredit = from_seconds(1 / kSlicesPerSecond);

const fault::Hang* hang_of(const fault::Rule& rule) {
  return std::get_if<fault::Hang>(&rule.fault);
}
const fault::Cut* cut_of(const fault::Rule& rule) {
  return std::get_if<fault::Cut>(&rule.fault);
}
const fault::Delay* delay_of(const fault::Rule& rule) {
  return std::get_if<fault::Delay>(&rule.fault);
}
const fault::Throttle* throttle_of(const fault::Rule& rule) {
  return std::get_if<fault::Throttle>(&rule.fault);
}

const fault::Slice* slice_of(const fault::Rule& rule) {
  return std::get_if<fault::Slice>(&rule.fault);
}
const fault::Corrupt* corrupt_of(const fault::Rule& rule) {
  return std::get_if<fault::Corrupt>(&rule.fault);
}
const fault::SlowClose* slow_close_of(const fault::Rule& rule) {
  return std::get_if<fault::SlowClose>(&rule.fault);
}

bool shapes(const fault::Rule& rule) {
  return hang_of(rule) || cut_of(rule) || delay_of(rule) || throttle_of(rule) || slice_of(rule) ||
         corrupt_of(rule) || slow_close_of(rule);
}

}  // namespace

bool acts_on(fault::Edge edge, Way way) {
  return edge == fault::Edge::both || (edge == fault::Edge::request) == (way == Way::to_upstream);
}

void Shaper::set_rules(const std::vector<fault::Rule>& rules, Instant now) {
  std::vector<Part> parts;
  for (const fault::Rule& rule : rules) {
    if (!shapes(rule) || !acts_on(rule.edge, way_)) {
      continue;
    }
    const auto before = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) {
      return part.rule.name == rule.name && part.rule.fault == rule.fault;
    });
    if (before != parts_.end()) {
      parts.push_back(*before);
      continue;
    }
    Part part{.rule = rule, .since = now, .free_at = now};
    if (const fault::Corrupt* corrupt = corrupt_of(rule)) {
      part.next_flip = corrupt->nth_byte > 0 ? corrupt->nth_byte : next_flip(part, *corrupt);
    }
    parts.push_back(std::move(part));
  }
  parts_ = std::move(parts);
  if (!delays()) {
    last_due_ = {};  // nothing is on its way any more that later chunks must not overtake
  }
}

bool Shaper::delays() const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [](const Part& part) { return delay_of(part.rule) || slow_close_of(part.rule); });
}

std::string Shaper::stream_of(const char* what, const Part& part) const {
  return what + part.rule.name + (way_ == Way::to_client ? ".response" : ".request");
}

Instant Shaper::due(Instant now) {
  Duration delay{};
  for (Part& part : parts_) {
    if (const fault::Delay* by = delay_of(part.rule)) {
      Draws draws(seed_, stream_of("delay.", part), connection_, chunk_);
      const double share = 2 * draws.unit() - 1;  // of the jitter, from -1 to 1
      delay += by->by + Duration(static_cast<Duration::rep>(share * static_cast<double>(by->jitter.count())));
      act(part);
    }
  }
  ++chunk_;
  last_due_ = std::max(last_due_, now + delay);
  return last_due_;
}

Instant Shaper::due_of_end(Instant now) {
  Duration later{};
  for (Part& part : parts_) {
    if (const fault::SlowClose* slow = slow_close_of(part.rule)) {
      later += slow->by;
      act(part);
    }
  }
  return due(now) + later;
}

void Shaper::corrupt(std::string& bytes) {
  for (Part& part : parts_) {
    const fault::Corrupt* corrupt = corrupt_of(part.rule);
    if (!corrupt) {
      continue;
    }
    const std::uint64_t before = std::exchange(part.corrupted, part.corrupted + bytes.size());
    while (part.next_flip > before && part.next_flip <= part.corrupted) {
      char& byte = bytes[static_cast<std::size_t>(part.next_flip - before - 1)];
      byte = static_cast<char>(byte ^ 1);
      act(part);
      part.next_flip = corrupt->nth_byte > 0 ? 0 : next_flip(part, *corrupt);
    }
  }
}

// The next byte that a probability picks: the gaps between them are geometric.
std::uint64_t Shaper::next_flip(Part& part, const fault::Corrupt& corrupt) const {
  if (corrupt.probability >= 1) {
    return part.next_flip + 1;
  }
  Draws draws(seed_, stream_of("corrupt.", part), connection_, part.flips++);
  const double gap = std::floor(std::log1p(-draws.unit()) / std::log1p(-corrupt.probability));
  return part.next_flip + 1 + static_cast<std::uint64_t>(std::min(gap, 1e15));
}

std::uint64_t Shaper::next_slice(Part& part, const fault::Slice& slice) const {
  Draws draws(seed_, stream_of("slice.", part), connection_, part.slices++);
  return slice.size - slice.variation + draws.below(2 * slice.variation + 1);
}

Shaper::Allowance Shaper::allowance(Instant now) {
  Allowance allowed;
  const auto wait_until = [&](Instant when) {
    allowed.bytes = 0;
    allowed.again = std::max(allowed.again.value_or(when), when);
  };
  for (Part& part : parts_) {
    if (const fault::Hang* hang = hang_of(part.rule)) {
      if (!hang->length) {
        act(part);
        return {0, std::nullopt};
      }
      if (now < part.since + *hang->length) {
        act(part);
        wait_until(part.since + *hang->length);
      }
    } else if (const fault::Throttle* throttle = throttle_of(part.rule)) {
      if (now < part.free_at) {
        wait_until(part.free_at);
      } else {
        const double slice = std::max(1.0, throttle->bytes_per_second / kSlicesPerSecond);
        allowed.bytes = std::min(allowed.bytes, static_cast<std::size_t>(slice));
      }
    } else if (const fault::Slice* slice = slice_of(part.rule)) {
      if (now < part.free_at) {
        wait_until(part.free_at);
      } else {
        part.slice_left = part.slice_left > 0 ? part.slice_left : next_slice(part, *slice);
        allowed.bytes = std::min(allowed.bytes, static_cast<std::size_t>(part.slice_left));
      }
    } else if (const fault::Cut* cut = cut_of(part.rule)) {
      allowed.bytes =
          std::min(allowed.bytes, static_cast<std::size_t>(cut->after - std::min(cut->after, part.written)));
    }
  }
  return allowed;
}

void Shaper::wrote(std::size_t bytes, Instant now) {
  for (Part& part : parts_) {
    part.written += bytes;
    if (const fault::Throttle* throttle = throttle_of(part.rule)) {
      part.free_at = std::max(part.free_at, std::max(now - kCredit, part.since)) +
                     from_seconds(static_cast<double>(bytes) / throttle->bytes_per_second);
      act(part);
    }
    if (const fault::Slice* slice = slice_of(part.rule); slice && bytes > 0) {
      part.slice_left -= std::min<std::uint64_t>(part.slice_left, bytes);
      if (part.slice_left == 0) {
        part.free_at = now + slice->pause;
      }
      act(part);
    }
  }
}

std::optional<fault::Cut::How> Shaper::cut() {
  for (Part& part : parts_) {
    if (const fault::Cut* cut = cut_of(part.rule); cut && part.written >= cut->after) {
      act(part);
      return cut->how;
    }
  }
  return std::nullopt;
}

std::vector<std::string> Shaper::take_acted() {
  return std::exchange(acted_, {});
}

void Shaper::act(Part& part) {
  if (!std::exchange(part.acted, true) &&
      std::find(acted_ever_.begin(), acted_ever_.end(), part.rule.name) == acted_ever_.end()) {
    acted_.push_back(part.rule.name);
    acted_ever_.push_back(part.rule.name);
  }
}

}  // namespace faultline::stream
