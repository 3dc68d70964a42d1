#pragma once
// A client on a loop of its own, asked by a test that waits for the answers.

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "http/client.h"

namespace faultline::http {

class AskingClient {
 public:
  explicit AskingClient(ClientOptions options = {}) : client_(loop_, std::move(options)) {}

  /// Returns when the request is on its way, or waits for its turn.
  std::future<Exchange> ask(const Origin& to, Request request = {}, const Timeouts& timeouts = {}) {
    const auto answered = std::make_shared<std::promise<Exchange>>();
    loop_.run([&] {
      client_.send(to, std::move(request), timeouts,
                   [answered](Exchange exchange) { answered->set_value(std::move(exchange)); });
    });
    return answered->get_future();
  }

  Exchange get(const std::string& port, Request request = {}, const Timeouts& timeouts = {}) {
    return ask({"127.0.0.1", port}, std::move(request), timeouts).get();
  }

 private:
  Loop loop_{"client-test"};
  Client client_;
};

}  // namespace faultline::http
