#pragma once
// A proxy on a loop of its own in front of a listening socket, and what it told its observer.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "peers.h"
#include "stream/proxy.h"

namespace faultline::stream {

class Recorder final : public Observer {
 public:
  void acted(const Action& action) override {
    const std::lock_guard lock(mutex_);
    actions_.push_back(action);
  }
  void unframed(std::uint64_t /*connection*/, std::string_view reason, bool /*handed_through*/) override {
    const std::lock_guard lock(mutex_);
    reasons_.emplace_back(reason);
  }
  std::vector<Action> actions() {
    const std::lock_guard lock(mutex_);
    return actions_;
  }
  /// Why connections were not framed.
  std::vector<std::string> reasons() {
    const std::lock_guard lock(mutex_);
    return reasons_;
  }

 private:
  std::mutex mutex_;
  std::vector<Action> actions_;
  std::vector<std::string> reasons_;
};

struct Proxied {
  explicit Proxied(transport::Kind kind) : transport(transport::make(kind, "proxy")) {}

  Listening server;
  Recorder recorder;
  const std::unique_ptr<transport::Transport> transport;
  Proxy proxy{*transport, {.name = "test", .upstream = {.port = server.port()}, .seed = 7}, recorder};

  /// A connection through the proxy: the client's end and the server's.
  std::pair<Peer, Peer> connection() {
    Peer client = std::move(connect_to(proxy.port()).value());
    Peer accepted = server.accept();
    return {std::move(client), std::move(accepted)};
  }

  /// Waits until a count of the proxy has some value.
  template <typename F>
  bool wait_for(F reached) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      if (reached(proxy.counters())) {
        return true;
      }
      transport->run([] {});  // gives the loop a turn
    }
    return false;
  }
};

/// Every test of a proxy runs on both transports.
class OnEachTransport : public testing::TestWithParam<transport::Kind> {
 protected:
  Proxied proxied{GetParam()};
};

inline auto each_transport() {
  return testing::ValuesIn(transport::available());
}
inline std::string transport_name(const testing::TestParamInfo<transport::Kind>& which) {
  return which.param == transport::Kind::reactor ? "Reactor" : "Uring";
}

inline fault::Rule rule(const char* name, const fault::Fault& fault, fault::Edge edge = fault::Edge::both) {
  fault::Rule made;
  made.name = name;
  made.on = "test";
  made.fault = fault;
  made.edge = edge;
  return made;
}

}  // namespace faultline::stream
