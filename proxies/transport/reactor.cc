#include "transport/reactor.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>

namespace faultline::transport {

namespace asio = boost::asio;
using boost::system::error_code;
using Descriptor = asio::posix::stream_descriptor;

namespace {

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

// Of accepting, when the program is out of file descriptors.
constexpr Duration kRetry = std::chrono::milliseconds(50);

// What a connection is made of. It lives for as long as somebody waits for its socket.
struct Stream : std::enable_shared_from_this<Stream> {
  Stream(asio::io_context& io, Fd socket, Events& tell, std::span<char> memory)
      : descriptor(io, socket.release()), events(&tell), scratch(memory) {}

  void wait_readable() {
    if (waits_readable || ended || !reading || !events) {
      return;
    }
    waits_readable = true;
    descriptor.async_wait(Descriptor::wait_read, [self = shared_from_this()](const error_code& error) {
      self->waits_readable = false;
      if (!error && self->events && self->reading) {
        self->on_readable();
      }
    });
  }

  void on_readable() {
    const ssize_t size = recv(descriptor.native_handle(), scratch.data(), scratch.size(), 0);
    if (size > 0) {
      events->on_bytes(scratch.first(static_cast<std::size_t>(size)));
    } else if (size == 0 || !would_block(errno)) {
      ended = true;
      events->on_end(size < 0);
      return;
    }
    wait_readable();
  }

  std::size_t write(std::span<const char> bytes) {
    if (broken) {
      return bytes.size();
    }
    const ssize_t size = send(descriptor.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && !would_block(errno)) {
      broken = true;
      asio::post(descriptor.get_executor(), [self = shared_from_this()] {
        if (self->events) {
          self->events->on_broken();
        }
      });
      return bytes.size();
    }
    const std::size_t taken = size < 0 ? 0 : static_cast<std::size_t>(size);
    if (taken < bytes.size() && !std::exchange(waits_writable, true)) {
      descriptor.async_wait(Descriptor::wait_write, [self = shared_from_this()](const error_code& error) {
        self->waits_writable = false;
        if (!error && self->events) {
          self->events->on_writable();
        }
      });
    }
    return taken;
  }

  void close() {
    events = nullptr;
    error_code ignored;
    descriptor.close(ignored);
  }

  Descriptor descriptor;
  Events* events;
  const std::span<char> scratch;
  bool reading = false, ended = false, broken = false;
  bool waits_readable = false, waits_writable = false;
};

class ReactorConnection final : public Connection {
 public:
  explicit ReactorConnection(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~ReactorConnection() override { stream_->close(); }

  void read(bool on) override {
    stream_->reading = on;
    stream_->wait_readable();
  }
  std::size_t write(std::span<const char> bytes) override { return stream_->write(bytes); }
  void finish() override { shutdown(stream_->descriptor.native_handle(), SHUT_WR); }
  void reset() override {
    close_will_reset(stream_->descriptor.native_handle());
    stream_->close();
  }

 private:
  const std::shared_ptr<Stream> stream_;
};

struct Accepting : std::enable_shared_from_this<Accepting> {
  Accepting(asio::io_context& io, Clock& clock, Fd listening, std::function<void(Fd)> call)
      : descriptor(io, listening.release()), retry(clock), accepted(std::move(call)) {}

  void wait() {
    descriptor.async_wait(Descriptor::wait_read, [self = shared_from_this()](const error_code& error) {
      if (!error && self->open) {
        self->take_all();
      }
    });
  }

  void take_all() {
    while (open) {
      Fd socket(accept4(descriptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (socket) {
        accepted(std::move(socket));
      } else if (would_block(errno) || errno == ECONNABORTED) {
        wait();
        return;
      } else {
        retry.call_at(monotonic_now() + kRetry, [weak = weak_from_this()] {
          if (const auto self = weak.lock()) {
            self->take_all();
          }
        });
        return;
      }
    }
  }

  Descriptor descriptor;
  Timer retry;
  std::function<void(Fd)> accepted;
  bool open = true;
};

class ReactorAccept final : public Ongoing {
 public:
  explicit ReactorAccept(std::shared_ptr<Accepting> accepting) : accepting_(std::move(accepting)) {}
  ~ReactorAccept() override {
    accepting_->open = false;
    accepting_->retry.cancel();
    error_code ignored;
    accepting_->descriptor.close(ignored);
  }

 private:
  const std::shared_ptr<Accepting> accepting_;
};

struct Connecting : std::enable_shared_from_this<Connecting> {
  Connecting(asio::io_context& io, Fd socket, std::function<void(Fd, int)> call)
      : descriptor(io, socket.release()), connected(std::move(call)) {}

  void start(const Endpoint& to) {
    if (::connect(descriptor.native_handle(), to.address(), to.size) == 0 || errno == EINPROGRESS) {
      descriptor.async_wait(Descriptor::wait_write, [self = shared_from_this()](const error_code& error) {
        if (!error) {
          self->done();
        }
      });
    } else {
      asio::post(descriptor.get_executor(),
                 [self = shared_from_this(), error = errno] { self->tell(Fd(), error); });
    }
  }

  void done() {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
    Fd socket(descriptor.release());
    tell(error == 0 ? std::move(socket) : Fd(), error);
  }

  void tell(Fd socket, int error) {
    if (const auto call = std::exchange(connected, nullptr)) {
      call(std::move(socket), error);
    }
  }

  Descriptor descriptor;
  std::function<void(Fd, int)> connected;
};

class ReactorConnect final : public Ongoing {
 public:
  explicit ReactorConnect(std::shared_ptr<Connecting> connecting) : connecting_(std::move(connecting)) {}
  ~ReactorConnect() override {
    connecting_->connected = nullptr;
    close_will_reset(connecting_->descriptor.native_handle());
    error_code ignored;
    connecting_->descriptor.close(ignored);
  }

 private:
  const std::shared_ptr<Connecting> connecting_;
};

}  // namespace

std::unique_ptr<Connection> Reactor::adopt(Fd socket, Events& events) {
  return std::make_unique<ReactorConnection>(
      std::make_shared<Stream>(loop_.io(), std::move(socket), events, std::span(scratch_)));
}

std::unique_ptr<Ongoing> Reactor::accept(Fd listening, std::function<void(Fd)> accepted) {
  auto accepting =
      std::make_shared<Accepting>(loop_.io(), clock(), std::move(listening), std::move(accepted));
  accepting->wait();
  return std::make_unique<ReactorAccept>(std::move(accepting));
}

std::unique_ptr<Ongoing> Reactor::connect(Fd socket, const Endpoint& to,
                                          std::function<void(Fd, int)> connected) {
  auto connecting = std::make_shared<Connecting>(loop_.io(), std::move(socket), std::move(connected));
  connecting->start(to);
  return std::make_unique<ReactorConnect>(std::move(connecting));
}

}  // namespace faultline::transport
