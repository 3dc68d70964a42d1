#pragma once
// Asio's reactor as a transport: readiness is waited for, and then the kernel is asked. Nothing is held for an idle
// connection.

#include <vector>

#include "loop/loop.h"
#include "transport/transport.h"

namespace faultline::transport {

class Reactor final : public Transport {
 public:
  explicit Reactor(const std::string& name) : loop_(name) {}

  Clock& clock() override { return loop_.clock(); }
  void post(std::function<void()> what) override { loop_.post(std::move(what)); }
  bool on_this_thread() const override { return loop_.on_this_thread(); }

  std::unique_ptr<Connection> adopt(Fd socket, Events& events) override;
  std::unique_ptr<Ongoing> accept(Fd listening, std::function<void(Fd)> accepted) override;
  std::unique_ptr<Ongoing> connect(Fd socket, const Endpoint& to,
                                   std::function<void(Fd, int)> connected) override;
  std::string name() const override { return "reactor"; }

 private:
  static constexpr std::size_t kReadBytes = 64 * 1024;

  Loop loop_;
  std::vector<char> scratch_ = std::vector<char>(kReadBytes);  // what is read is used up before the next read
};

}  // namespace faultline::transport
