#include "loop/timers.h"

namespace faultline {

Clock::TimerId Timers::add(Instant when, std::function<void()> what) {
  const Clock::TimerId id = next_++;
  calls_.emplace(std::pair{when, id}, std::move(what));
  due_.emplace(id, when);
  return id;
}

void Timers::remove(Clock::TimerId id) {
  if (const auto found = due_.find(id); found != due_.end()) {
    calls_.erase({found->second, id});
    due_.erase(found);
  }
}

std::optional<Instant> Timers::next() const {
  return calls_.empty() ? std::nullopt : std::optional(calls_.begin()->first.first);
}

void Timers::make_due(Instant now) {
  const std::pair end{now, next_};
  while (!calls_.empty() && calls_.begin()->first < end) {
    auto call = calls_.extract(calls_.begin());
    due_.erase(call.key().second);
    call.mapped()();
  }
}

}  // namespace faultline
