#include "rechunker.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace faultline::stream {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void send_at_once(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

Rechunker::Rechunker(std::uint16_t upstream, Seed seed) : upstream_(upstream), seed_(seed) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 128) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

Rechunker::~Rechunker() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  for (const int socket : sockets_) {
    shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& relay : relays_) {
    relay.join();
  }
  for (const int socket : sockets_) {
    close(socket);
  }
}

void Rechunker::accept() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
      return;
    }
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(upstream_);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close(client);
      close(server);
      continue;
    }
    send_at_once(client);
    send_at_once(server);
    const std::lock_guard lock(mutex_);
    const std::uint64_t direction = sockets_.size();
    sockets_.push_back(client);
    sockets_.push_back(server);
    relays_.emplace_back([=, this] { relay(client, server, direction); });
    relays_.emplace_back([=, this] { relay(server, client, direction + 1); });
  }
}

void Rechunker::relay(int from, int to, std::uint64_t direction) {
  Draws draws(seed_, "rechunk", direction);
  std::array<char, 4096> buffer{};
  while (true) {
    // Mostly small ones: they are what tears messages apart.
    const std::size_t wanted = draws.below(4) == 0 ? buffer.size() : 1 + draws.below(60);
    const ssize_t size = read(from, buffer.data(), wanted);
    if (size <= 0) {
      shutdown(to, SHUT_WR);
      return;
    }
    if (send(to, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) != size) {
      shutdown(from, SHUT_RD);
      return;
    }
  }
}

}  // namespace faultline::stream
