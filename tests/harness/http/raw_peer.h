#pragma once
// The other side of a connection, byte by byte: a peer that does what no library would let it do.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace faultline::http {

/// A connected socket, closed with its owner. Its reads give up after ten seconds.
class RawConnection {
 public:
  explicit RawConnection(int fd) : fd_(fd) {
    const timeval limit{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  RawConnection(RawConnection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawConnection& operator=(RawConnection&&) = delete;
  ~RawConnection() { close(); }

  static RawConnection to(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return RawConnection(fd);
  }

  /// False when not all of it could be sent: the other side has reset the connection.
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  /// Reads until the text has been seen, and returns all that was read; less when the stream ends before.
  std::string read_until(std::string_view text) {
    std::string all;
    while (all.find(text) == std::string::npos && read_some(all)) {
    }
    return all;
  }

  /// Reads at least so many bytes; less when the stream ends before.
  std::string read_until_size(std::size_t size) {
    std::string all;
    while (all.size() < size && read_some(all)) {
    }
    return all;
  }

  /// Whether the stream is at its end, without a reset, once there is something to read or ten seconds have passed.
  bool at_end() {
    char byte = 0;
    return recv(fd_, &byte, 1, MSG_PEEK) == 0;
  }

  /// Reads to the end of the stream.
  std::string read_all() {
    std::string all;
    while (read_some(all)) {
    }
    return all;
  }

  int fd() const { return fd_; }

  void close() {
    if (fd_ >= 0) {
      ::close(std::exchange(fd_, -1));
    }
  }

  /// Closes with a RST.
  void reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

 private:
  bool read_some(std::string& all) {
    char buffer[4096];
    const ssize_t n = recv(fd_, buffer, sizeof buffer, 0);
    if (n > 0) {
      all.append(buffer, static_cast<std::size_t>(n));
    }
    return n > 0;
  }

  int fd_;
};

/// Listens on a free port of loopback.
class RawListener {
 public:
  RawListener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 16), 0);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    const timeval limit{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;
  ~RawListener() { ::close(fd_); }

  RawConnection accept() { return RawConnection(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)); }
  std::uint16_t port() const { return port_; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

/// A server that plays a script on a thread of its own; the destructor waits for the script to end.
class RawServer {
 public:
  explicit RawServer(std::function<void(RawListener&)> script)
      : thread_([this, play = std::move(script)] { play(listener_); }) {}
  ~RawServer() { thread_.join(); }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string port() const { return std::to_string(listener_.port()); }

 private:
  RawListener listener_;
  std::thread thread_;
};

}  // namespace faultline::http
