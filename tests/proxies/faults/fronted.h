#pragma once
// A proxy with rules in front of a real server, and what its rules did.

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "stream/proxy.h"

namespace faultline::stream {

class Fronted {
 public:
  /// `rules` are the insides of [[fault]] tables.
  Fronted(transport::Kind kind, std::uint16_t server, const std::string& protocol,
          std::initializer_list<std::string> rules);

  std::uint16_t port() const { return proxy_->port(); }
  Proxy& proxy() { return *proxy_; }
  /// Replaces the rules that are on; these others are off, and known.
  void apply(std::initializer_list<std::string> on, std::initializer_list<std::string> off = {});

  /// "error request UPDATE t SET a = $1 #1": each time a rule has acted so far, in order; "too long: …" where it could not.
  std::vector<std::string> acted();
  /// Of connections that were not framed to their end.
  std::vector<std::string> unframed();

 private:
  class Recorder final : public Observer {
   public:
    void acted(const Action& action) override;
    void did_not_fit(const Action& action) override;
    void unframed(std::uint64_t connection, std::string_view reason, bool handed_through) override;

    std::mutex mutex;
    std::vector<std::string> actions, reasons;
  };
  Recorder recorder_;
  const std::string protocol_;
  std::unique_ptr<transport::Transport> carrier_;
  std::unique_ptr<Proxy> proxy_;
};

/// Every fault is made by both transports alike.
inline auto each_transport() {
  return testing::ValuesIn(transport::available());
}
inline std::string transport_name(const testing::TestParamInfo<transport::Kind>& which) {
  return which.param == transport::Kind::reactor ? "Reactor" : "Uring";
}

}  // namespace faultline::stream
