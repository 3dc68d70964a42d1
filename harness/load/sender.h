#pragma once
// What the driver sends requests through: HTTP in a run, a script in a test.

#include <functional>
#include <string>

#include "core/time.h"
#include "http/client.h"
#include "http/message.h"

namespace faultline::load {

/// Where a sender's service is.
struct Service {
  http::Origin origin;
  std::string
      path;  // that stands before every target of a flow; empty, or it begins with '/' and ends in something else
};

class Sender {
 public:
  Sender() = default;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  virtual ~Sender() = default;

  virtual const Service& service() const = 0;

  /// Sends the request, whose target is the whole one, to the service and calls `done` once, on the loop's thread, never from inside `send`;
  /// with a failure at the latest when the whole timeout has passed.
  virtual void send(http::Request request, const http::Timeouts& timeouts,
                    std::function<void(http::Exchange)> done) = 0;
};

}  // namespace faultline::load
