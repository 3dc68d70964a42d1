#pragma once
// What steps and probes can do to a running environment, and see of it. `run` implements it with real
// clients; tests put a scripted one in its place, so no step knows a socket.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace faultline::steps {

/// An answer, or why there was none.
struct Answer {
  bool ok = false;   // the dependency answered, and not with an error
  std::string text;  // the answer as a person would read it, or the error
  int status = 0;    // of an HTTP answer; 0 when none was read
};

/// Calls block for at most `limit`; they may be made from several threads at once.
class World {
 public:
  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  virtual ~World() = default;

  // Asked as the service would: through the proxies.
  virtual Answer redis(const std::vector<std::string>& command, Duration limit) = 0;
  /// The first column of the first row is the answer's text; no row: empty.
  virtual Answer sql(const std::string& statement, Duration limit) = 0;

  /// To the service itself. `body` is JSON, or empty. The answer's text is its whole body; one with a status of
  /// 400 or above is an error.
  virtual Answer http(const std::string& method, const std::string& target, const std::string& body,
                      Duration limit) = 0;

  /// What `process` ("service", "postgres", "redis") has written to its log since the present phase began.
  virtual std::string log(const std::string& process) = 0;

  /// Stops and starts a private server or the service, and waits until it is ready. Throws EnvironmentError
  /// when it does not come back.
  virtual void restart(const std::string& process) = 0;
  /// Sends a signal. SIGSTOP and SIGCONT return at once, of another the process has ended when it returns, and its port
  /// refuses connections until a restart. Throws EnvironmentError where there is no such process.
  virtual void signal(const std::string& process, int number) = 0;
  /// Throws away what a private server has stored: it is stopped, and started without it. Throws EnvironmentError as
  /// restart does.
  virtual void delete_data(const std::string& process) = 0;
  /// Leaves so many bytes of the disk that a private server's data are on; nothing: gives it back. Throws EnvironmentError
  /// where it has no disk of its own.
  virtual void fill_disk(const std::string& process, std::optional<std::uint64_t> free) = 0;
  /// Takes a fault away, by its name.
  virtual void lift(const std::string& fault) = 0;

  virtual Instant now() const = 0;
  /// Waits. False when the run is being stopped: give up then.
  virtual bool pause(Duration duration) = 0;
};

}  // namespace faultline::steps
