#pragma once
// A thread with an event loop of its own, and the clock of that thread. Whoever owns sockets lives on one
// Loop, so that its state needs no lock; what comes from another thread is posted.
//
//   Loop loop("proxies");
//   loop.post([&] { … });                      // runs on the loop's thread, later
//   const int port = loop.run([&] { … return port; });   // runs there, and waits for the answer

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <type_traits>

#include "core/clock.h"

namespace boost::asio {
class io_context;
}

namespace faultline {

/// Monotonic time now, on the line that every Loop's clock measures.
Instant monotonic_now();

class Loop {
 public:
  /// Starts the thread; `name` (at most 15 characters) is what a debugger shows.
  explicit Loop(const std::string& name);
  /// Stops the thread after the handler that is running; what was posted and has not begun is dropped.
  /// Whatever lives on the loop must be gone by then.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& io();
  /// Belongs to the loop's thread.
  Clock& clock();

  /// From any thread, in the order of the calls.
  void post(std::function<void()> what);

  /// Runs `what` on the loop's thread and returns its result, or throws what it threw. Called on the loop's
  /// own thread it runs at once.
  template <typename F>
  std::invoke_result_t<F> run(F what) {
    if (on_this_thread()) {
      return what();
    }
    // Shared: the caller may be gone with the result before the task has quite returned.
    const auto task = std::make_shared<std::packaged_task<std::invoke_result_t<F>()>>(std::move(what));
    auto result = task->get_future();
    post([task] { (*task)(); });
    return result.get();
  }

  bool on_this_thread() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultline
