#include "stream/listener.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>

#include "core/error.h"
#include "stream/address.h"

namespace faultline::stream {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Of accepting, when the program is out of file descriptors.
constexpr Duration kRetry = std::chrono::milliseconds(50);

std::string remedy(const error_code& error) {
  if (error == asio::error::access_denied) {
    return "ports below 1024 need root or CAP_NET_BIND_SERVICE: choose a higher one";
  }
  if (error == boost::system::errc::address_not_available) {
    return "this machine has no such address";
  }
  return "end the program that holds the port, or choose another one";
}

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

}  // namespace

Listener::Listener(asio::io_context& io, Clock& clock, Tcp::endpoint endpoint, Accepted accepted)
    : io_(io),
      clock_(clock),
      endpoint_(std::move(endpoint)),
      accepted_(std::move(accepted)),
      holder_(io),
      retry_(clock) {
  try {
    holder_.open(endpoint_.protocol());
    // Without SO_REUSEPORT first: that would share a port which somebody else holds with the same option.
    if (endpoint_.port() != 0) {
      Tcp::acceptor probe(io);
      probe.open(endpoint_.protocol());
      probe.set_option(Tcp::acceptor::reuse_address(true));
      probe.bind(endpoint_);
      probe.listen();
    }
    holder_.set_option(Tcp::acceptor::reuse_address(true));
    holder_.set_option(ReusePort(true));
    holder_.bind(endpoint_);
    endpoint_ = holder_.local_endpoint();
  } catch (const boost::system::system_error& error) {
    const Address wanted{endpoint_.address().to_string(), endpoint_.port()};
    throw EnvironmentError(fmt::format("cannot listen on {}: {}", to_text(wanted), error.code().message()),
                           remedy(error.code()));
  }
}

void Listener::listen(int backlog) {
  acceptor_.emplace(io_);
  acceptor_->open(endpoint_.protocol());
  acceptor_->set_option(Tcp::acceptor::reuse_address(true));
  acceptor_->set_option(ReusePort(true));
  acceptor_->bind(endpoint_);
  acceptor_->listen(backlog);
}

void Listener::open() {
  if (state_ != State::open) {
    close();
    listen(asio::socket_base::max_listen_connections);
    state_ = State::open;
    accept();
  }
}

void Listener::close() {
  retry_.cancel();
  acceptor_.reset();
  filler_.reset();
  state_ = State::closed;
}

void Listener::hang() {
  if (state_ != State::hanging) {
    close();
    listen(0);
    filler_.emplace(io_);
    // The SYN is sent at once, and nothing waits for its answer: a client may have been quicker and filled the queue,
    // and then a blocking connect takes minutes. (Asio's connect() blocks even on a non-blocking socket.)
    filler_->async_connect(endpoint_, [](const error_code&) {});
    state_ = State::hanging;
  }
}

void Listener::accept() {
  acceptor_->async_accept([this](const error_code& error, Tcp::socket socket) {
    if (error == asio::error::operation_aborted) {
      return;  // closed; this may be gone
    }
    if (error) {
      retry_.call_at(clock_.now() + kRetry, [this] { accept(); });
      return;
    }
    if (state_ != State::open) {
      // It was accepted just before the port closed.
      error_code ignored;
      socket.set_option(asio::socket_base::linger(true, 0), ignored);
      return;
    }
    accepted_(std::move(socket));
    if (state_ == State::open) {
      accept();
    }
  });
}

}  // namespace faultline::stream
