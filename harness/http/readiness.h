#pragma once
// Which of many sockets can be read or written, told on a Loop's thread. A poll of its own beneath the loop's: what a
// socket costs is a system call when its interest changes, and nothing for every wait, as it does with Asio.

#include <memory>

#include "loop/loop.h"

namespace faultline::http {

class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  /// On the loop's thread. An error or the end of the stream is both. May destroy this and any other, and the Readiness.
  virtual void on_ready(bool readable, bool writable) = 0;

 protected:
  ~Watcher() = default;
};

class Readiness {
 public:
  /// Throws EnvironmentError when the system gives no poll.
  explicit Readiness(Loop& loop);
  /// Like everything below, on the loop's thread.
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  struct Interest {
    bool read = false;
    bool write = false;
    bool operator==(const Interest&) const = default;
  };

  /// The socket is told for as long as it is ready, until `forget`, which comes before it is closed.
  /// False where the system has no room for it.
  bool watch(int fd, Watcher& watcher, Interest interest);
  void change(int fd, Watcher& watcher, Interest interest);
  void forget(int fd, Watcher& watcher);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace faultline::http
