#pragma once
// What a client sees of a server: directly, through a proxy that frames its protocol, and through the same with its
// bytes cut into random chunks on both sides. The three must not differ.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rechunker.h"
#include "stream/proxy.h"

namespace faultline::stream {

/// Runs a line of shell in the folder of these tests. What it says is both of its outputs.
struct Outcome {
  int status = -1;
  std::string said;
};
Outcome shell(const std::string& line, const std::map<std::string, std::string>& environment = {});

/// The ways through a proxy: by each transport, whole and in random chunks.
struct Way {
  std::string name;
  transport::Kind kind{};
  bool rechunked = false;
};
std::vector<Way> ways();

/// A proxy in front of a server, cut into random chunks on both sides if wished.
class Behind {
 public:
  Behind(std::uint16_t server, const std::string& protocol, transport::Kind kind, bool rechunked);

  std::uint16_t port() const { return before_ ? before_->port() : proxy_->port(); }
  Counters counters() const { return proxy_->counters(); }
  /// operation -> calls
  std::map<std::string, std::uint64_t> calls() const;

  /// Fails the test when a connection was not framed to its end.
  void expect_framed() const;

 private:
  class Listening final : public Observer {
    void unframed(std::uint64_t connection, std::string_view reason, bool handed_through) override;
  };
  Listening observer_;
  std::unique_ptr<transport::Transport> carrier_;
  std::unique_ptr<Rechunker> behind_;
  std::unique_ptr<Proxy> proxy_;
  std::unique_ptr<Rechunker> before_;
};

/// Does `act` with the port of the server, and with that of a proxy in each of its ways: fails where what it gives differs.
/// `prepare` is done before each.
void expect_the_same(std::uint16_t server, const std::string& protocol, const std::function<void()>& prepare,
                     const std::function<std::string(std::uint16_t)>& act);

}  // namespace faultline::stream
