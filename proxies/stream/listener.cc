#include "stream/listener.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "core/error.h"

namespace faultline::stream {

using transport::Fd;

namespace {

EnvironmentError cannot_listen(const transport::Endpoint& endpoint, int error) {
  std::string remedy = "end the program that holds the port, or choose another one";
  if (error == EACCES) {
    remedy = "ports below 1024 need root or CAP_NET_BIND_SERVICE: choose a higher one";
  } else if (error == EADDRNOTAVAIL) {
    remedy = "this machine has no such address";
  }
  return EnvironmentError(
      fmt::format("cannot listen on {}: {}", endpoint.to_text(), std::generic_category().message(error)),
      remedy);
}

}  // namespace

Listener::Listener(transport::Transport& transport, const transport::Endpoint& endpoint, bool shared,
                   Accepted accepted)
    : transport_(transport), endpoint_(endpoint), accepted_(std::move(accepted)) {
  if (endpoint_.port() != 0 && !shared) {
    // Without SO_REUSEPORT first: that would share a port which somebody else holds with the same option.
    const Fd probe = transport::bound_socket(endpoint_, false);
    if (!probe || listen(probe.get(), 1) != 0) {
      throw cannot_listen(endpoint_, errno);
    }
  }
  holder_ = transport::bound_socket(endpoint_, true);
  if (!holder_) {
    throw cannot_listen(endpoint_, errno);
  }
  endpoint_ = transport::local_endpoint(holder_);
}

Fd Listener::listening(int backlog) const {
  Fd socket = transport::bound_socket(endpoint_, true);
  if (!socket || listen(socket.get(), backlog) != 0) {
    throw cannot_listen(endpoint_, errno);
  }
  return socket;
}

void Listener::open() {
  if (state_ != State::open) {
    close();
    accepting_ = transport_.accept(listening(SOMAXCONN), accepted_);
    state_ = State::open;
  }
}

void Listener::close() {
  accepting_.reset();
  hanging_ = Fd();
  filler_ = Fd();
  state_ = State::closed;
}

void Listener::hang() {
  if (state_ != State::hanging) {
    close();
    hanging_ = listening(0);
    // The SYN is sent at once, and nothing waits for its answer: a client may have been quicker and filled the queue.
    filler_ = transport::tcp_socket(endpoint_);
    (void)connect(filler_.get(), endpoint_.address(), endpoint_.size);
    state_ = State::hanging;
  }
}

}  // namespace faultline::stream
