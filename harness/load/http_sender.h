#pragma once
// Sends what the driver asks for over HTTP, to one service.

#include "http/client.h"
#include "http/message.h"
#include "load/sender.h"

namespace faultline::load {

class HttpSender final : public Sender {
 public:
  /// `service` is where the service is. The client must outlive this, and `send` is called on the client's thread.
  HttpSender(http::Client& client, http::Url service);

  const Service& service() const override { return service_; }

  void send(http::Request request, const http::Timeouts& timeouts,
            std::function<void(http::Exchange)> done) override;

 private:
  http::Client& client_;
  const Service service_;
};

}  // namespace faultline::load
