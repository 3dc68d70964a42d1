#pragma once
// A service that is a function, on a clock that the test moves.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "load/sender.h"

namespace faultline::load {

/// What the service does with a request: the time it takes, and then its answer or why there is none.
struct Reply {
  Duration takes{};
  http::Failure failure = http::Failure::none;
  int status = 200;
  std::string body = {};
  http::Headers headers = {};
  bool silent = false;  // nothing ever comes, not even the failure that a real sender would report
};

class ScriptedSender final : public Sender {
 public:
  struct Sent {
    Instant at;
    http::Request request;
    Duration timeout;
  };

  ScriptedSender(Clock& clock, std::function<Reply(const http::Request&)> service)
      : clock_(clock), service_(std::move(service)) {}

  const Service& service() const override { return where_; }

  void send(http::Request request, const http::Timeouts& timeouts,
            std::function<void(http::Exchange)> done) override {
    const Instant now = clock_.now();
    const Reply reply = service_(request);
    sent.push_back({now, std::move(request), *timeouts.whole});
    if (reply.silent) {
      return;
    }
    http::Exchange exchange;
    exchange.failure = reply.failure;
    exchange.response.status = reply.status;
    exchange.response.headers = reply.headers;
    exchange.response.body = reply.body;
    exchange.sent = reply.failure == http::Failure::refused ? Instant{} : now;
    exchange.finished = now + reply.takes;
    clock_.call_at(exchange.finished, [exchange, done = std::move(done)] { done(exchange); });
  }

  std::vector<Sent> sent;

 private:
  Clock& clock_;
  const Service where_{{"shop.example", "80", false}, {}};
  const std::function<Reply(const http::Request&)> service_;
};

}  // namespace faultline::load
