#pragma once
// What every framer must hold to, whatever it is fed: it ends, takes no more than it is given, never waits for more than
// a head, and finds the same messages however the bytes are cut. An input is a recording as record.py writes it, so that
// what real clients and servers said is a seed.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "protocol/conversation.h"

namespace faultline::fuzz {

/// Aborts where it does not hold.
void check(std::unique_ptr<protocol::Protocol> (*make)(), const std::uint8_t* data, std::size_t size);

template <typename P>
std::unique_ptr<protocol::Protocol> make() {
  return std::make_unique<P>();
}

}  // namespace faultline::fuzz
