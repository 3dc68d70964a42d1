#pragma once
// Bytes in and out of sockets, on a thread of its own. Two implementations behave alike, and are held to it by one set
// of tests: Asio's reactor, which is everywhere, and io_uring, where the kernel has it, at a fifth less CPU.
//
//   const auto transport = transport::make(transport::Kind::automatic, "proxies");
//   transport->run([&] { acceptor = transport->accept(std::move(listening), [&](Fd socket) { … }); });
//
// Everything but `run` and `post` belongs to the transport's thread, and so do the calls that it makes. Acceptors,
// connects and connections must be gone before the transport is.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "loop/executor.h"
#include "transport/socket.h"

namespace faultline::transport {

/// What a connection tells its owner, who may destroy the connection in any of these calls. None comes from inside a
/// call of the connection's own functions.
class Events {
 public:
  Events() = default;
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  virtual ~Events() = default;

  /// Bytes, in order, while reading is on. They are valid until the call returns.
  virtual void on_bytes(std::span<const char> bytes) = 0;
  /// The end of the stream: the other end has finished, or reset. Nothing comes after it.
  virtual void on_end(bool reset) = 0;
  /// After a write that was not taken whole: there is room again.
  virtual void on_writable() = 0;
  /// What was written cannot be delivered: the other end takes nothing any more.
  virtual void on_broken() = 0;
};

class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  /// Closes. What was written before is still delivered.
  virtual ~Connection() = default;

  /// Off at first. What comes while it is off waits, in the kernel but for a little.
  virtual void read(bool on) = 0;
  /// Takes as much as there is room for, and returns how much that was; `on_writable` follows when it was not all.
  virtual std::size_t write(std::span<const char> bytes) = 0;
  /// The end of the stream goes out, behind what was written.
  virtual void finish() = 0;
  /// Both directions end at once, and the other end sees a reset, behind what was written as far as the kernel takes it.
  virtual void reset() = 0;
};

/// Something that goes on until this is destroyed.
class Ongoing {
 public:
  Ongoing() = default;
  Ongoing(const Ongoing&) = delete;
  Ongoing& operator=(const Ongoing&) = delete;
  virtual ~Ongoing() = default;
};

class Transport : public Executor {
 public:
  /// A connected socket. The events must outlive the connection.
  virtual std::unique_ptr<Connection> adopt(Fd socket, Events& events) = 0;

  /// Accepts on a listening socket until the result is destroyed; then nothing listens any more at once, and who waited
  /// in the queue is reset.
  virtual std::unique_ptr<Ongoing> accept(Fd listening, std::function<void(Fd)> accepted) = 0;

  /// Connects; `connected` is called once, with the socket or with errno, unless the result is destroyed before: then
  /// what may have been connected is reset.
  virtual std::unique_ptr<Ongoing> connect(Fd socket, const Endpoint& to,
                                           std::function<void(Fd, int)> connected) = 0;

  /// "reactor" or "uring".
  virtual std::string name() const = 0;
};

enum class Kind { automatic, reactor, uring };

/// Those that this machine has, the preferred one last.
std::vector<Kind> available();

/// Starts the thread; `name` (at most 15 characters) is what a debugger shows. Throws EnvironmentError where io_uring is
/// asked for and cannot be had; where the choice is automatic, it is the reactor then.
std::unique_ptr<Transport> make(Kind kind, const std::string& name);

}  // namespace faultline::transport
