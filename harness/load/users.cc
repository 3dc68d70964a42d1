#include "load/users.h"

#include <algorithm>

#include "core/assert.h"

namespace faultline::load {

Users::Users(const std::vector<Load>& loads, const std::vector<Phase>& phases, Seed seed, Share share)
    : loads_(&loads), phases_(&phases), seed_(seed) {
  std::uint64_t all = 0;
  for (std::size_t index = 0; index < loads.size(); ++index) {
    if (loads[index].model != Load::Model::closed) {
      continue;
    }
    const Line line(loads[index].course, phases);
    const auto most = static_cast<std::uint64_t>(line.highest());
    for (std::uint64_t user = 1; user <= most; ++user) {
      ++all;
      if ((all - 1) % share.of == share.index) {
        users_.push_back({all, index, line.at_least(static_cast<double>(user))});
      }
    }
  }
}

ArrivalPtr Users::journey(std::size_t index, std::uint64_t i, Duration at) const {
  const User& user = users_[index];
  auto arrival = std::make_shared<Arrival>();
  arrival->number = number_of({user.number, i + 1});
  arrival->at = at;
  Duration end{};
  for (const Phase& phase : *phases_) {
    arrival->phase = phase.name;
    if (at < (end += phase.length)) {
      break;
    }
  }
  draw_into(*arrival, (*loads_)[user.load].flow, nullptr, seed_, of_user(user.number, i));
  return arrival;
}

std::size_t Users::there_at(Duration at) const {
  return static_cast<std::size_t>(std::count_if(users_.begin(), users_.end(), [at](const User& user) {
    return std::any_of(user.there.begin(), user.there.end(),
                       [at](const Span& span) { return at >= span.from && at < span.to; });
  }));
}

}  // namespace faultline::load
