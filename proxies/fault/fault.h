#pragma once
// What can go wrong with a stream, as plain data. What each does on the wire is proxies/stream's; what each is called,
// and what it can be given, is the catalogue's.

#include <cstdint>
#include <optional>
#include <variant>

#include "core/time.h"

namespace faultline::fault {

/// Nothing listens: connect gives ECONNREFUSED, and open connections are reset unless they are kept.
struct Refuse {
  bool reset_existing = true;
  bool operator==(const Refuse&) const = default;
};

/// Connections are accepted, or hang in the handshake; nothing ever answers.
struct Blackhole {
  bool accept = true;
  bool operator==(const Blackhole&) const = default;
};

/// Each chunk comes later, in the same order.
struct Delay {
  Duration by{};
  Duration jitter{};  // at most `by`: the delay is within by +/- jitter
  bool operator==(const Delay&) const = default;
};

/// Bytes a second, in each direction on its own.
struct Throttle {
  double bytes_per_second = 0;
  bool operator==(const Throttle&) const = default;
};

/// The connection ends, after so many further bytes in the fault's direction.
struct Cut {
  enum class How {
    fin,  // both ends see the end of the stream
    rst,  // both ends see a reset
    half  // the receiver of the fault's direction sees the end of the stream, the other direction goes on
  };
  How how = How::rst;
  std::uint64_t after = 0;
  bool operator==(const Cut&) const = default;
};

/// Bytes stop, the connection stays. They go on after `length`, or when the fault is lifted; none is lost.
struct Hang {
  std::optional<Duration> length;
  bool operator==(const Hang&) const = default;
};

using Fault = std::variant<Refuse, Blackhole, Delay, Throttle, Cut, Hang>;

/// Which way the bytes go that a fault acts on.
enum class Edge {
  request,   // from the service to its dependency
  response,  // from the dependency to the service
  both,
};

}  // namespace faultline::fault
