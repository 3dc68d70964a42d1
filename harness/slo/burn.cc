#include "slo/burn.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/assert.h"

namespace faultline::slo {
namespace {

constexpr double kRounding = 1e-9;

double rate_of(std::size_t bad, std::size_t all, double allowed) {
  return static_cast<double>(bad) / static_cast<double>(all) / allowed;
}

// The events of (t - length, t], for a t that only grows.
class Window {
 public:
  Window(std::span<const Event> events, Duration length) : events_(events), length_(length) {}

  void add(const Event& event) {
    ++end_;
    bad_ += event.bad ? 1 : 0;
  }
  void forget(Duration now) {
    while (begin_ < end_ && events_[begin_].at <= now - length_) {
      bad_ -= events_[begin_].bad ? 1 : 0;
      ++begin_;
    }
  }
  std::size_t all() const { return end_ - begin_; }
  double rate(double allowed) const { return rate_of(bad_, all(), allowed); }

 private:
  std::span<const Event> events_;
  Duration length_;
  std::size_t begin_ = 0, end_ = 0, bad_ = 0;
};

void look(Burn& burn, Duration now, double rate) {
  burn.peak = std::max(burn.peak.value_or(rate), rate);
  if (reaches(rate, burn.windows.threshold)) {
    burn.fired_at = burn.fired_at.value_or(now);
    burn.until = now;
  }
}

// Goes through the events, and fills in all but `left_out`; gives the most events that the long window ever held.
std::size_t sweep(std::span<const Event> events, double allowed, Burn& burn) {
  Window long_window(events, burn.long_in_run), short_window(events, burn.short_in_run);
  std::size_t most = 0;
  for (std::size_t next = 0; next < events.size();) {
    const Duration now = events[next].at;
    for (; next < events.size() && events[next].at == now; ++next) {
      long_window.add(events[next]);
      short_window.add(events[next]);
    }
    long_window.forget(now);
    short_window.forget(now);
    most = std::max(most, long_window.all());
    if (!reaches(rate_of(1, long_window.all(), allowed), burn.windows.threshold)) {
      look(burn, now, std::min(long_window.rate(allowed), short_window.rate(allowed)));
    }
  }
  return most;
}

Burn burn_of(const WindowPair& windows, std::span<const Event> events, Ratio target, Duration length,
             double scale) {
  Burn burn{.windows = windows,
            .long_in_run = from_seconds(seconds(windows.long_window) / scale),
            .short_in_run = from_seconds(seconds(windows.short_window) / scale)};
  const double allowed = allowed_share(target);
  if (burn.short_in_run > length) {
    burn.left_out = fmt::format("the run of {} is shorter than its short window of {}", to_text(length),
                                to_text(burn.short_in_run));
    return burn;
  }
  if (!reaches(1 / allowed, windows.threshold)) {
    burn.left_out =
        fmt::format("with a target of {} the rate is never above {:.3g}", to_text(target), 1 / allowed);
    return burn;
  }
  const std::size_t most = sweep(events, allowed, burn);
  if (!burn.peak) {
    burn.left_out = most == 0 ? "there are no events"
                              : fmt::format(
                                    "its long window of {} holds {} {} at most, of which one bad one is "
                                    "a rate of {:.3g} already",
                                    to_text(burn.long_in_run), most, most == 1 ? "event" : "events",
                                    rate_of(1, most, allowed));
  }
  return burn;
}

}  // namespace

double allowed_share(Ratio target) {
  FAULTLINE_ASSERT(target.value < 1, "a target that leaves no budget");
  return 1 - target.value;
}

bool reaches(double rate, double threshold) {
  return rate >= threshold * (1 - kRounding);
}

std::optional<double> burn_rate(std::span<const Event> events, Ratio target, Duration window, Duration at) {
  const auto after = [](Duration t, const Event& event) { return t < event.at; };
  const auto begin = std::upper_bound(events.begin(), events.end(), at - window, after);
  const auto end = std::upper_bound(begin, events.end(), at, after);
  if (begin == end) {
    return std::nullopt;
  }
  const auto bad = std::count_if(begin, end, [](const Event& event) { return event.bad; });
  return rate_of(static_cast<std::size_t>(bad), static_cast<std::size_t>(end - begin), allowed_share(target));
}

std::vector<Burn> burns(std::span<const Event> events, Ratio target, Duration length, double scale) {
  std::vector<Burn> all;
  all.reserve(std::size(kWindowPairs));
  for (const WindowPair& windows : kWindowPairs) {
    all.push_back(burn_of(windows, events, target, length, scale));
  }
  return all;
}

}  // namespace faultline::slo
