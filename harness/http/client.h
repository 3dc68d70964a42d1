#pragma once
// An HTTP/1.1 client on a Loop, with a pool of kept-alive connections; and a blocking fetch for probes.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/time.h"
#include "http/message.h"
#include "loop/loop.h"

namespace faultline::http {

/// Why there is no answer. The kinds are kept apart because they mean different things for what the server
/// did: after `refused` or `connect_timeout` it never saw the request, after the others it may have.
enum class Failure {
  none,
  refused,          // ECONNREFUSED, or the host is unreachable
  connect_timeout,  // no connection within the limit
  reset,            // the connection was reset or closed before the whole answer had come
  timeout,          // connected, but the answer was not whole in time
  malformed,        // what came is not HTTP/1.1, or larger than the limits
};
std::string_view to_text(Failure failure);

struct Exchange {
  Failure failure = Failure::none;
  Response response;   // valid when failure is none
  Instant sent{};      // when the request began to be written; zero when it never was
  Instant finished{};  // when the answer was whole, or the failure known
  bool answered() const { return failure == Failure::none; }
};

struct ClientOptions {
  Duration connect_timeout = std::chrono::seconds(5);
  Duration whole_timeout = std::chrono::seconds(30);  // from the call of `send` to the last byte
  std::size_t max_idle = 256;                         // kept-alive connections held for later
  std::size_t body_bytes = 64 * 1024 * 1024;          // larger answers are `malformed`
};

class Client {
 public:
  Client(Loop& loop, ClientOptions options = {});
  /// Closes every connection; callbacks that are pending are not made.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends a request to `host:port` (Host, Content-Length and Connection are added) and calls `done` once, on
  /// the loop's thread, never from inside `send`. Call it on the loop's thread. Kept-alive
  /// connections that the server has closed are not used. One that it closes while the request is on its way,
  /// before any byte of an answer, has the request sent once more on a new connection when its method is
  /// idempotent (RFC 9110, 9.2.2); otherwise it fails as `reset`. So does a second sending that finds no
  /// connection, since the first may have been seen.
  void send(const std::string& host, const std::string& port, Request request,
            std::function<void(Exchange)> done);

  /// Like the options' whole_timeout, for this request alone.
  void send(const std::string& host, const std::string& port, Request request, Duration whole_timeout,
            std::function<void(Exchange)> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// One request on a connection of its own, blocking: for readiness checks and probes. From any thread; it
/// runs no loop of ours.
Exchange fetch(const Url& url, Request request, Duration timeout);

}  // namespace faultline::http
