#include "loop/loop.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <thread>
#include <unordered_map>

namespace faultline {

namespace asio = boost::asio;

Instant monotonic_now() {
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

namespace {

// All calls in one ordered list, and one timer for the earliest of them.
class LoopClock final : public Clock {
 public:
  explicit LoopClock(asio::io_context& io) : timer_(io) {}

  Instant now() const override { return monotonic_now(); }

  TimerId call_at(Instant when, std::function<void()> what) override {
    const TimerId id = next_++;
    calls_.emplace(std::pair{when, id}, std::move(what));
    due_.emplace(id, when);
    if (calls_.begin()->first.second == id) {
      arm();
    }
    return id;
  }

  void cancel(TimerId id) override {
    if (const auto found = due_.find(id); found != due_.end()) {
      calls_.erase({found->second, id});  // the timer may go off for nothing once
      due_.erase(found);
    }
  }

 private:
  void arm() {
    if (calls_.empty()) {
      return;
    }
    timer_.expires_at(
        std::chrono::steady_clock::time_point(std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            calls_.begin()->first.first.time_since_epoch())));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) {
        make_calls();
      }
    });
  }

  // Those that are due now; what they ask for in turn waits for the next time, even when it is due at once, so that
  // sockets are served in between.
  void make_calls() {
    const std::pair end{now(), next_};
    while (!calls_.empty() && calls_.begin()->first < end) {
      auto call = calls_.extract(calls_.begin());
      due_.erase(call.key().second);
      call.mapped()();
    }
    arm();
  }

  asio::steady_timer timer_;
  TimerId next_ = 1;
  std::map<std::pair<Instant, TimerId>, std::function<void()>> calls_;
  std::unordered_map<TimerId, Instant> due_;
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
