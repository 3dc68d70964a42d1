#pragma once
// A thread with an event loop of its own, and the clock of that thread. Whoever owns sockets lives on one
// Loop, so that its state needs no lock; what comes from another thread is posted.
//
//   Loop loop("proxies");
//   loop.post([&] { … });                      // runs on the loop's thread, later
//   const int port = loop.run([&] { … return port; });   // runs there, and waits for the answer

#include <memory>
#include <string>

#include "loop/executor.h"

namespace boost::asio {
class io_context;
}

namespace faultline {

/// Monotonic time now, on the line that every Loop's clock measures.
Instant monotonic_now();

class Loop final : public Executor {
 public:
  /// Starts the thread; `name` (at most 15 characters) is what a debugger shows.
  explicit Loop(const std::string& name);
  /// Stops the thread after the handler that is running; what was posted and has not begun is dropped.
  /// Whatever lives on the loop must be gone by then.
  ~Loop() override;

  boost::asio::io_context& io();
  Clock& clock() override;
  void post(std::function<void()> what) override;
  bool on_this_thread() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultline
