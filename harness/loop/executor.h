#pragma once
// Something that runs tasks on one thread of its own, and has that thread's clock.

#include <functional>
#include <future>
#include <memory>
#include <type_traits>

#include "core/clock.h"

namespace faultline {

class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Belongs to the executor's thread.
  virtual Clock& clock() = 0;

  /// From any thread, in the order of the calls.
  virtual void post(std::function<void()> what) = 0;

  virtual bool on_this_thread() const = 0;

  /// Runs `what` on the executor's thread and returns its result, or throws what it threw. Called on that thread itself
  /// it runs at once.
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
};

}  // namespace faultline
