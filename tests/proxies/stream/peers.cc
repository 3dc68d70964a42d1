#include "peers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace faultline::stream {
namespace {

constexpr int kPatience = 20'000;  // ms; only ever waited for in full by a test that fails

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool readable(int socket, int milliseconds) {
  pollfd watched{socket, POLLIN, 0};
  return poll(&watched, 1, milliseconds) > 0;
}

}  // namespace

Peer::Peer(int socket) : socket_(socket) {}
Peer::Peer(Peer&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
Peer& Peer::operator=(Peer&& other) noexcept {
  std::swap(socket_, other.socket_);
  return *this;
}
Peer::~Peer() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

void Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0) {
      return;  // the reader will tell
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::size_t Peer::send_without_waiting(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
      break;
    }
    sent += static_cast<std::size_t>(n);
  }
  return sent;
}

void Peer::finish_sending() {
  shutdown(socket_, SHUT_WR);
}

void Peer::reset() {
  const linger hard{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(std::exchange(socket_, -1));
}

std::string Peer::read(std::size_t size) {
  std::string bytes;
  char piece[65536];
  while (bytes.size() < size && readable(socket_, kPatience)) {
    const ssize_t n = recv(socket_, piece, std::min(sizeof piece, size - bytes.size()), 0);
    if (n <= 0) {
      break;
    }
    bytes.append(piece, static_cast<std::size_t>(n));
  }
  return bytes;
}

std::string Peer::read_to_end() {
  return read(std::string::npos);
}

End Peer::next() {
  if (!readable(socket_, kPatience)) {
    return End::nothing;
  }
  char byte = 0;
  const ssize_t n = recv(socket_, &byte, 1, MSG_PEEK);
  return n > 0 ? End::data : n == 0 ? End::closed : End::reset;
}

bool Peer::silent_for(int milliseconds) {
  return !readable(socket_, milliseconds);
}

std::optional<Peer> connect_to(std::uint16_t port, int* error) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (error) {
      *error = errno;
    }
    ::close(socket);
    return std::nullopt;
  }
  return Peer(socket);
}

bool connect_hangs(std::uint16_t port, int milliseconds) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const Peer owner(socket);
  const sockaddr_in address = loopback(port);
  (void)connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  pollfd watched{socket, POLLOUT, 0};
  return poll(&watched, 1, milliseconds) == 0;
}

Listening::Listening() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(socket_, 128) != 0 ||
      getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  port_ = ntohs(address.sin_port);
}

Listening::~Listening() {
  close();
}

Peer Listening::accept() {
  if (!readable(socket_, kPatience)) {
    throw std::runtime_error("nobody connected to the upstream");
  }
  return Peer(::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC));
}

void Listening::close() {
  if (socket_ >= 0) {
    ::close(std::exchange(socket_, -1));
  }
}

}  // namespace faultline::stream
