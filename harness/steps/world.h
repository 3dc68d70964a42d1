#pragma once
// What steps and probes can do to a running environment, and see of it. `run` implements it with real
// clients; tests put a scripted one in its place, so no step knows a socket.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace faultline::steps {

/// An answer, or why there was none.
struct Answer {
  bool ok = false;                   // the dependency answered, and not with an error
  std::string text;                  // the answer as a person would read it, or the error
  std::optional<int> status;         // of an HTTP answer that was read, or of a command that was started
  std::optional<std::string> value;  // the one value of the answer, where that is not the whole text
};

/// A request to the service.
struct Request {
  std::string method;
  std::string target;  // path and query
  std::string body;    // JSON, or empty
  std::map<std::string, std::string>
      headers;         // beside X-API-Key, which is the tenant's unless it is among them
  std::string tenant;  // empty: the first
};

/// What is to be different after a restart of the service.
struct Changes {
  std::map<std::string, std::string> env;  // variables of its environment, from now on
  std::optional<Duration> ready_within;    // this time; otherwise as the scenario says
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
  /// The answer's text is the first rows, a line each, with " | " between the columns; its value is the first column
  /// of the first row. No row, or a null: empty.
  virtual Answer sql(const std::string& statement, Duration limit) = 0;

  /// To the service itself. The answer's text is its whole body; one with a status of 400 or above is an error.
  virtual Answer http(const Request& request, Duration limit) = 0;

  /// A program and its arguments, in the service's directory and with its environment; "settler" is the reference
  /// service's. The answer's text is what it wrote, its status is as a shell gives it, and one other than 0 is an error.
  /// Without a status it could not be started.
  virtual Answer run(const std::vector<std::string>& command, Duration limit) = 0;
  /// Starts one that goes on until the end of the run. Not ok: it could not be started.
  virtual Answer begin(const std::vector<std::string>& command) = 0;

  /// What `process` ("service", "postgres", "redis") has written to its log since the present phase began.
  virtual std::string log(const std::string& process) = 0;

  /// Stops and starts a private server or the service, and waits until it is ready. Changes are for the service.
  /// Throws EnvironmentError when it does not come back; NotReadyError when it was started, and is as it is then.
  virtual void restart(const std::string& process, const Changes& changes) = 0;
  /// Asks it to end as an operator would, and kills it once `grace` has passed. An error unless it ended by itself, and
  /// with status 0. Its port refuses connections until a restart. Throws EnvironmentError where there is no such process.
  virtual Answer stop(const std::string& process, Duration grace) = 0;
  /// Sends a signal. SIGSTOP and SIGCONT return at once, of another the process has ended when it returns, and its port
  /// refuses connections until a restart. Throws EnvironmentError where there is no such process.
  virtual void signal(const std::string& process, int number) = 0;
  /// Throws away what a private server has stored: it is stopped, and started without it. Throws EnvironmentError as
  /// restart does.
  virtual void delete_data(const std::string& process) = 0;
  /// Writes all that a private server has stored to a file, and puts it back: what is there then is what was there when
  /// it was written. Straight to the server, while others go on using it.
  virtual Answer dump(const std::string& process, Duration limit) = 0;
  virtual Answer restore(const std::string& process, Duration limit) = 0;
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
