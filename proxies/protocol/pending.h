#pragma once
// The requests of a connection that wait for their answers, in the order in which they were sent.

#include <algorithm>
#include <boost/circular_buffer.hpp>
#include <utility>

namespace faultline::protocol {

template <typename T>
using PendingQueue = boost::circular_buffer<T>;

/// Appends; the memory doubles where it is full, and is kept.
template <typename T>
T& push(PendingQueue<T>& pending, T one) {
  constexpr std::size_t kAtFirst = 4;
  if (pending.full()) {
    pending.set_capacity(std::max(kAtFirst, 2 * pending.capacity()));
  }
  pending.push_back(std::move(one));
  return pending.back();
}

}  // namespace faultline::protocol
