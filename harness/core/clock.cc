#include "core/clock.h"

#include <algorithm>

namespace faultline {

void Timer::call_at(Instant when, std::function<void()> what) {
  cancel();
  id_ = clock_.call_at(when, [this, what = std::move(what)] {
    id_ = 0;
    // `what` may destroy this Timer, and this function object with it: run a copy that lives on the stack.
    const auto call = what;
    call();
  });
}

void Timer::cancel() {
  if (id_ != 0) {
    clock_.cancel(id_);
    id_ = 0;
  }
}

Clock::TimerId ManualClock::call_at(Instant when, std::function<void()> what) {
  const TimerId id = next_++;
  calls_.emplace(std::pair{std::max(when, now_), id}, std::move(what));
  return id;
}

void ManualClock::cancel(TimerId id) {
  std::erase_if(calls_, [id](const auto& call) { return call.first.second == id; });
}

void ManualClock::advance(Duration by) {
  const Instant end = now_ + by;
  while (!calls_.empty() && calls_.begin()->first.first <= end) {
    auto call = calls_.extract(calls_.begin());
    now_ = call.key().first;
    call.mapped()();
  }
  now_ = end;
}

}  // namespace faultline
