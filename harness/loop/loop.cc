#include "loop/loop.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <thread>

#include "loop/timers.h"

namespace faultline {

namespace asio = boost::asio;

Instant monotonic_now() {
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

namespace {

// One timer for the earliest call.
class LoopClock final : public Clock {
 public:
  explicit LoopClock(asio::io_context& io) : timer_(io) {}

  Instant now() const override { return monotonic_now(); }

  TimerId call_at(Instant when, std::function<void()> what) override {
    const auto before = calls_.next();
    const TimerId id = calls_.add(when, std::move(what));
    if (!before || when < *before) {
      arm();
    }
    return id;
  }

  // The timer may then go off for nothing once.
  void cancel(TimerId id) override { calls_.remove(id); }

 private:
  void arm() {
    const auto next = calls_.next();
    if (!next) {
      return;
    }
    timer_.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(next->time_since_epoch())));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) {
        calls_.make_due(now());
        arm();
      }
    });
  }

  asio::steady_timer timer_;
  Timers calls_;
};

}  // namespace

struct Loop::Impl {
  // Without the hint that one thread runs it: with it, what the loop's own thread posts could come after what another
  // thread posts later.
  asio::io_context io;
  LoopClock clock{io};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
};

Loop::Loop(const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->thread = std::thread([this] { impl_->io.run(); });
  pthread_setname_np(impl_->thread.native_handle(), name.substr(0, 15).c_str());
}

Loop::~Loop() {
  impl_->io.stop();
  impl_->thread.join();
}

asio::io_context& Loop::io() {
  return impl_->io;
}

Clock& Loop::clock() {
  return impl_->clock;
}

void Loop::post(std::function<void()> what) {
  asio::post(impl_->io, std::move(what));
}

bool Loop::on_this_thread() const {
  return std::this_thread::get_id() == impl_->thread.get_id();
}

}  // namespace faultline
