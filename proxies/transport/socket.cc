#include "transport/socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>

#include "core/error.h"

namespace faultline::transport {

Fd::~Fd() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

std::uint16_t Endpoint::port() const {
  return ntohs(family() == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                                    : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

std::string Endpoint::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* host = family() == AF_INET6
                         ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr)
                         : &reinterpret_cast<const sockaddr_in&>(storage).sin_addr;
  inet_ntop(family(), host, text.data(), text.size());
  return transport::to_text(Address{text.data(), port()});
}

Endpoint resolve(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
  if (error != 0 || !found) {
    throw EnvironmentError(fmt::format("cannot resolve '{}': {}", address.host, gai_strerror(error)),
                           "write an address, or a name that this machine knows");
  }
  const addrinfo* chosen = found;
  for (const addrinfo* one = found; one; one = one->ai_next) {
    if (one->ai_family == AF_INET) {
      chosen = one;
      break;
    }
  }
  Endpoint endpoint;
  std::memcpy(&endpoint.storage, chosen->ai_addr, chosen->ai_addrlen);
  endpoint.size = chosen->ai_addrlen;
  return endpoint;
}

Fd tcp_socket(const Endpoint& of) {
  return Fd(socket(of.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

Fd bound_socket(const Endpoint& to, bool reuse_port) {
  Fd made = tcp_socket(to);
  const int on = 1;
  if (!made || setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      (reuse_port && setsockopt(made.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
      bind(made.get(), to.address(), to.size) != 0) {
    const int error = errno;
    made = Fd();
    errno = error;
  }
  return made;
}

Endpoint local_endpoint(const Fd& socket) {
  Endpoint endpoint;
  endpoint.size = sizeof endpoint.storage;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&endpoint.storage), &endpoint.size);
  return endpoint;
}

void close_will_reset(int socket) {
  const linger at_once{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void send_at_once(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace faultline::transport
