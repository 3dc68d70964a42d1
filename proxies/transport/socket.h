#pragma once
// TCP sockets as the kernel has them: what both transports are given.

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "transport/address.h"

namespace faultline::transport {

/// A file descriptor that is closed with its owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Where a socket is bound or connects to.
struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  std::uint16_t port() const;
  std::string to_text() const;  // "127.0.0.1:6379"
};

/// Asks the resolver where the host is a name; IPv4 goes before IPv6. Throws EnvironmentError when there is none.
Endpoint resolve(const Address& address);

/// A socket that does not block, and is not inherited.
Fd tcp_socket(const Endpoint& of);
/// Bound with SO_REUSEADDR, and with SO_REUSEPORT if wished. errno says why not when there is none.
Fd bound_socket(const Endpoint& to, bool reuse_port);
Endpoint local_endpoint(const Fd& socket);

/// From here on a close is a reset.
void close_will_reset(int socket);
void send_at_once(int socket);  // TCP_NODELAY

}  // namespace faultline::transport
