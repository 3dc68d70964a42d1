#pragma once
// What every framer must hold to, whatever it is fed: it ends, takes no more than it is given, never waits for more than
// a head, and finds the same messages however the bytes are cut. With rules on, it lets go of no more than it has, and
// puts out the same bytes, cut as they may be. An input is a recording as record.py writes it, so that what real clients
// and servers said is a seed.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "protocol/conversation.h"

namespace faultline::fuzz {

/// Aborts where it does not hold. `rules` are the insides of [[fault]] tables: of those that fit, each acts on some of
/// the requests.
void check(const std::string& protocol, std::unique_ptr<protocol::Protocol> (*make)(),
           std::initializer_list<std::string> rules, const std::uint8_t* data, std::size_t size);

template <typename P>
std::unique_ptr<protocol::Protocol> make() {
  return std::make_unique<P>();
}

}  // namespace faultline::fuzz
