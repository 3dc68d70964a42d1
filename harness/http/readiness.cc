#include "http/readiness.h"

#include <sys/epoll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "core/error.h"

namespace faultline::http {

namespace asio = boost::asio;

namespace {

// Few enough that the loop's other work does not wait long.
constexpr int kEvents = 64;

epoll_event event_of(Watcher& watcher, Readiness::Interest interest) {
  epoll_event event{};
  event.events = (interest.read ? EPOLLIN : 0U) | (interest.write ? EPOLLOUT : 0U);
  event.data.ptr = &watcher;
  return event;
}

int made_poll() {
  const int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) {
    throw EnvironmentError(std::string("cannot poll: ") + std::strerror(errno),
                           "raise the limit of open files");
  }
  return fd;
}

}  // namespace

struct Readiness::State : std::enable_shared_from_this<State> {
  explicit State(asio::io_context& io) : poll(io, made_poll()) {}

  void arm() {
    poll.async_wait(asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](const boost::system::error_code& error) {
                      if (!error && !self->gone) {
                        self->tell();
                      }
                    });
  }

  void tell() {
    const int found = epoll_wait(poll.native_handle(), events, kEvents, 0);
    for (at = 0; at < found && !gone; ++at) {
      const epoll_event& event = events[at];
      if (event.data.ptr) {
        const bool both = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
        static_cast<Watcher*>(event.data.ptr)
            ->on_ready(both || (event.events & EPOLLIN) != 0, both || (event.events & EPOLLOUT) != 0);
      }
    }
    at = kEvents;
    if (!gone) {
      arm();
    }
  }

  // What was found ready of it and is not told yet stays untold.
  void drop(const Watcher& watcher) {
    for (int i = at; i < kEvents; ++i) {
      if (events[i].data.ptr == &watcher) {
        events[i].data.ptr = nullptr;
      }
    }
  }

  asio::posix::stream_descriptor poll;
  epoll_event events[kEvents]{};
  int at = kEvents;  // the one that is being told
  bool gone = false;
};

Readiness::Readiness(Loop& loop) : state_(std::make_shared<State>(loop.io())) {
  state_->arm();
}

Readiness::~Readiness() {
  state_->gone = true;
  boost::system::error_code ignored;
  state_->poll.close(ignored);
}

bool Readiness::watch(int fd, Watcher& watcher, Interest interest) {
  epoll_event event = event_of(watcher, interest);
  return epoll_ctl(state_->poll.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Readiness::change(int fd, Watcher& watcher, Interest interest) {
  epoll_event event = event_of(watcher, interest);
  epoll_ctl(state_->poll.native_handle(), EPOLL_CTL_MOD, fd, &event);
}

void Readiness::forget(int fd, Watcher& watcher) {
  // Not left to close(2): a child that was just forked may hold the socket open for a moment.
  epoll_ctl(state_->poll.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
  state_->drop(watcher);
}

}  // namespace faultline::http
