#pragma once
// When arrivals are due, and what each is: what the driver works off. The times are known before a run starts; what an
// arrival is made of may be left to the moment that it starts, so that a long run needs little memory.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "load/arrival.h"
#include "load/load.h"

namespace faultline::load {

/// Some of what there is: every `of`-th, beginning with the one at `index`. For threads that share a load.
struct Share {
  std::size_t index = 0, of = 1;
};

/// The arrivals of open loads, and of those that come once, in the order in which they are due.
class Schedule {
 public:
  Schedule() = default;
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  virtual ~Schedule() = default;

  virtual std::size_t size() const = 0;
  /// Never less than the one before.
  virtual Duration at(std::size_t index) const = 0;
  virtual ArrivalPtr arrival(std::size_t index) const = 0;
};

/// A list that is there as a whole.
std::unique_ptr<Schedule> schedule_of(std::vector<Arrival> plan);

/// What `plan()` would list, or a share of it. The loads and the phases must outlive it.
std::unique_ptr<Schedule> schedule_of(const std::vector<Load>& loads, const std::vector<Phase>& phases,
                                      Seed seed, Share share = {});

}  // namespace faultline::load
