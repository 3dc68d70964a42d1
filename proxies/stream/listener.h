#pragma once
// The listening side of a proxy: open, closed while the port stays ours, or one in which connecting hangs. Internal to
// this folder; lives on the proxy's transport.

#include <functional>
#include <memory>

#include "transport/transport.h"

namespace faultline::stream {

class Listener {
 public:
  using Accepted = std::function<void(transport::Fd)>;

  /// Takes the port, and does not listen yet. Throws EnvironmentError when it cannot be had. A port that is shared may
  /// be another listener's of this program already.
  Listener(transport::Transport& transport, const transport::Endpoint& endpoint, bool shared,
           Accepted accepted);

  std::uint16_t port() const { return endpoint_.port(); }

  /// Connections are accepted.
  void open();
  /// Connecting gives ECONNREFUSED. The port stays ours: a second socket is bound to it with SO_REUSEPORT and never
  /// listens.
  void close();
  /// Connecting hangs: the accept queue has room for one connection, and that one is our own, so the kernel drops
  /// every further SYN.
  void hang();

 private:
  enum class State { closed, open, hanging };
  transport::Fd listening(int backlog) const;

  transport::Transport& transport_;
  transport::Endpoint endpoint_;
  const Accepted accepted_;
  transport::Fd holder_;  // keeps the port
  std::unique_ptr<transport::Ongoing> accepting_;
  transport::Fd hanging_, filler_;
  State state_ = State::closed;
};

}  // namespace faultline::stream
