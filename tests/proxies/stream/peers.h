#pragma once
// The two ends of a proxied connection, as blocking sockets that a test holds itself: it sees exactly what arrives.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace faultline::stream {

/// How a read ended.
enum class End { data, closed, reset, nothing };

/// A connected socket. Reads wait for at most kPatience.
class Peer {
 public:
  explicit Peer(int socket);
  Peer(Peer&& other) noexcept;
  Peer& operator=(Peer&& other) noexcept;
  ~Peer();

  void send(std::string_view bytes);
  /// Sends what fits into the buffers without waiting; returns how much that was.
  std::size_t send_without_waiting(std::string_view bytes);
  void finish_sending();
  void reset();

  /// Exactly so many bytes, or fewer when the stream ends before.
  std::string read(std::size_t size);
  /// Everything until the end of the stream.
  std::string read_to_end();
  /// What the next read meets.
  End next();
  /// Whether nothing can be read for this long.
  bool silent_for(int milliseconds);

 private:
  int socket_;
};

/// Connects; nothing when the connection is refused. `error` is errno then.
std::optional<Peer> connect_to(std::uint16_t port, int* error = nullptr);
/// Whether connecting is neither accepted nor refused within this time.
bool connect_hangs(std::uint16_t port, int milliseconds);

/// A listening socket.
class Listening {
 public:
  Listening();
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  std::uint16_t port() const { return port_; }
  Peer accept();
  void close();

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

}  // namespace faultline::stream
