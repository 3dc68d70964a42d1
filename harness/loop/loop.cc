#include "loop/loop.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <thread>
#include <unordered_map>

namespace faultline {

namespace asio = boost::asio;

Instant monotonic_now() {
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

namespace {

// Clock calls as steady timers of the loop. The waiting call is kept in the map and not in the timer's
// handler, so that a cancelled call's captures are gone when cancel() returns.
class LoopClock final : public Clock {
 public:
  explicit LoopClock(asio::io_context& io) : io_(io) {}

  Instant now() const override { return monotonic_now(); }

  TimerId call_at(Instant when, std::function<void()> what) override {
    const TimerId id = next_++;
    auto [call, inserted] = calls_.try_emplace(id, io_, std::move(what));
    call->second.timer.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(when.time_since_epoch())));
    call->second.timer.async_wait([this, id](const boost::system::error_code& error) {
      if (error) {
        return;
      }
      if (auto due = calls_.extract(id)) {
        due.mapped().what();
      }
    });
    return id;
  }

  void cancel(TimerId id) override { calls_.erase(id); }

 private:
  struct Call {
    Call(asio::io_context& io, std::function<void()> call) : timer(io), what(std::move(call)) {}
    asio::steady_timer timer;
    std::function<void()> what;
  };

  asio::io_context& io_;
  TimerId next_ = 1;
  std::unordered_map<TimerId, Call> calls_;
};

}  // namespace

struct Loop::Impl {
  asio::io_context io{1};
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
