#pragma once
// The users of closed loads: when each is there, and the journeys that each makes. How many of them there will be, and
// when, depends on how fast the service answers; what the i-th journey of a user is does not.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "load/arrival.h"
#include "load/load.h"
#include "load/schedule.h"

namespace faultline::load {

class Users {
 public:
  Users() = default;
  /// The share of all users. The loads and the phases must outlive this.
  Users(const std::vector<Load>& loads, const std::vector<Phase>& phases, Seed seed, Share share = {});

  std::size_t size() const { return users_.size(); }
  /// When the user with this index is there, ascending. A journey that was begun by then is brought to its end.
  const std::vector<Span>& there(std::size_t index) const { return users_[index].there; }
  /// The journey that a user makes as the i-th (from 0), due at `at`: its phase is the one in which that is, and nothing
  /// else of it depends on the time.
  ArrivalPtr journey(std::size_t index, std::uint64_t i, Duration at) const;
  /// How many are there at that time.
  std::size_t there_at(Duration at) const;

 private:
  struct User {
    std::uint64_t number = 0;  // from 1, of all users of the run
    std::size_t load = 0;
    std::vector<Span> there;
  };

  const std::vector<Load>* loads_ = nullptr;
  const std::vector<Phase>* phases_ = nullptr;
  Seed seed_ = 0;
  std::vector<User> users_;
};

}  // namespace faultline::load
