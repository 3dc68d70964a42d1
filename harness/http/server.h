#pragma once
// An HTTP/1.1 server on a Loop: keep-alive, pipelining in order, bounded in everything a client sends. Made
// for mocks and pages; Beast stays behind this header.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/time.h"
#include "http/message.h"
#include "loop/loop.h"

namespace faultline::http {

struct ServerLimits {
  std::size_t header_bytes = 64 * 1024;
  std::size_t body_bytes = 8 * 1024 * 1024;  // larger: 413
  Duration idle = std::chrono::minutes(5);   // a keep-alive connection without a request
  /// After the last answer on a connection, for what its client still sends: closing before would reset it.
  Duration linger = std::chrono::seconds(1);
};

/// Takes the answer to one request, or its refusal. Call it once, on the loop's thread, now or later; later calls, and
/// calls after the connection went away, are ignored.
class Respond {
 public:
  /// `end` is called with the answer, or with nothing for a reset.
  explicit Respond(std::function<void(std::optional<Response>)> end) : end_(std::move(end)) {}

  void operator()(Response response) const { end_(std::move(response)); }
  /// Ends the connection with a RST instead, as the kernel does for a server that crashes.
  void reset() const { end_(std::nullopt); }

 private:
  std::function<void(std::optional<Response>)> end_;
};
/// Called on the loop's thread.
using Handler = std::function<void(const Request& request, Respond respond)>;

class Server {
 public:
  /// Listens when it returns. `host` is a numeric address, port 0 any free one.
  /// Throws EnvironmentError when the address cannot be had.
  Server(Loop& loop, const std::string& host, std::uint16_t port, Handler handler, ServerLimits limits = {});
  /// Closes the listener and every connection; the handler is not called after it returns.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace faultline::http
