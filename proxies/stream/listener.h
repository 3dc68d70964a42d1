#pragma once
// The listening side of a proxy: open, closed while the port stays ours, or one in which connecting hangs. Internal to
// this folder; lives on the proxy's loop.

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <optional>

#include "core/clock.h"

namespace faultline::stream {

class Listener {
 public:
  using Tcp = boost::asio::ip::tcp;
  using Accepted = std::function<void(Tcp::socket)>;

  /// Takes the port, and does not listen yet. Throws EnvironmentError when it cannot be had.
  Listener(boost::asio::io_context& io, Clock& clock, Tcp::endpoint endpoint, Accepted accepted);
  ~Listener() { close(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

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
  void listen(int backlog);
  void accept();

  boost::asio::io_context& io_;
  Clock& clock_;
  Tcp::endpoint endpoint_;
  const Accepted accepted_;
  Tcp::socket holder_;  // keeps the port
  std::optional<Tcp::acceptor> acceptor_;
  std::optional<Tcp::socket> filler_;
  Timer retry_;
  State state_ = State::closed;
};

}  // namespace faultline::stream
