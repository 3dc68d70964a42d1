#include "load/timetable.h"

#include <algorithm>
#include <optional>

namespace faultline::load {
namespace {

// The arrivals of one open load, one after the other.
class Coming {
 public:
  Coming(const Load& load, std::uint32_t index, const std::vector<Phase>& phases, Seed seed)
      : line_(load.course, phases), poisson_(load.poisson), index_(index), seed_(seed) {
    advance();
  }

  std::uint32_t index() const { return index_; }
  const std::optional<Duration>& at() const { return at_; }

  void advance() {
    if (poisson_) {
      area_ += Draws(seed_, "gap", index_, made_).exponential(1);
    } else {
      area_ = static_cast<double>(made_);
    }
    ++made_;
    at_ = line_.when(area_);
  }

 private:
  const Line line_;
  const bool poisson_;
  const std::uint32_t index_;
  const Seed seed_;
  std::uint64_t made_ = 0;
  double area_ = 0;
  std::optional<Duration> at_;
};

bool comes_before(const Coming& a, const Coming& b) {
  return a.at() && (!b.at() || *a.at() < *b.at());
}

}  // namespace

std::vector<Due> timetable(const std::vector<Load>& loads, const std::vector<Phase>& phases, Seed seed) {
  std::vector<Due> due;
  std::vector<Coming> coming;
  for (std::uint32_t index = 0; index < loads.size(); ++index) {
    const Load& load = loads[index];
    if (load.model == Load::Model::once) {
      for (std::uint32_t journey = 0; journey < load.flow.journeys.size(); ++journey) {
        due.push_back({.load = index, .journey = journey});
      }
    } else if (load.model == Load::Model::open) {
      coming.emplace_back(load, index, phases, seed);
    }
  }
  std::uint32_t phase = 0;
  Duration phase_end = phases.empty() ? Duration::zero() : phases.front().length;
  while (!coming.empty()) {
    const auto first = std::min_element(coming.begin(), coming.end(), &comes_before);  // of equals the first
    if (!first->at()) {
      break;
    }
    const Duration at = *first->at();
    while (at >= phase_end && phase + 1 < phases.size()) {
      phase_end += phases[++phase].length;
    }
    if (at >= phase_end) {
      break;
    }
    due.push_back({.at = at, .load = first->index(), .phase = phase});
    first->advance();
  }
  return due;
}

Arrival arrival_at(std::size_t place, const Due& due, const std::vector<Load>& loads,
                   const std::vector<Phase>& phases, Seed seed) {
  const Flow& flow = loads[due.load].flow;
  const bool once = due.journey != Due::kDrawn;
  Arrival arrival;
  arrival.number = place + 1;
  arrival.at = due.at;
  arrival.after = once ? place : 0;
  arrival.phase = phases[due.phase].name;
  draw_into(arrival, flow, once ? &flow.journeys[due.journey] : nullptr, seed, of_arrival(arrival.number));
  return arrival;
}

}  // namespace faultline::load
