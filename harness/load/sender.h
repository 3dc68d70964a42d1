#pragma once
// What the driver sends requests through: HTTP in a run, a script in a test.

#include <functional>

#include "core/time.h"
#include "http/client.h"
#include "http/message.h"

namespace faultline::load {

class Sender {
 public:
  Sender() = default;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  virtual ~Sender() = default;

  /// Sends the request to the service and calls `done` once, on the loop's thread, never from inside `send`;
  /// with a failure at the latest when the whole timeout has passed.
  virtual void send(http::Request request, const http::Timeouts& timeouts,
                    std::function<void(http::Exchange)> done) = 0;
};

}  // namespace faultline::load
