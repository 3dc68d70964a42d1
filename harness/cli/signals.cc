#include "cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace faultline::cli {
namespace {

// Sent to our own thread to end it; never to be seen from outside.
const int kEnd = SIGRTMIN;

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kEnd}) {
    sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

Signals::Signals(Stop& stop) {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([&stop, set] {
    for (;;) {
      int caught = 0;
      if (sigwait(&set, &caught) != 0 || caught == kEnd) {
        return;
      }
      if (stop.requested()) {
        _exit(128 + caught);
      }
      stop.request(caught);
    }
  });
}

Signals::~Signals() {
  pthread_kill(thread_.native_handle(), kEnd);
  thread_.join();
}

}  // namespace faultline::cli
