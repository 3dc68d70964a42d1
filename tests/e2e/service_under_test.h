#pragma once
// A service that the test itself is: it answers, and remembers what it was asked.

#include <mutex>
#include <string>
#include <vector>

#include "command.h"
#include "http/server.h"

namespace faultline::e2e {

class ServiceUnderTest {
 public:
  ServiceUnderTest();

  std::string url() const;
  /// The targets that were asked for under /items/, in order.
  std::vector<std::string> asked() const;

  /// From now on it answers this target with a 500, by how it begins.
  void break_at(const std::string& target);

  /// A scenario of a second or two for it, and the flow beside it: GET /items/ARRIVAL, 40 a second.
  std::string scenario(const Scratch& scratch, const std::string& more = "") const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::string broken_at_ = "nowhere";
  Loop loop_{"service"};
  http::Server server_;
};

}  // namespace faultline::e2e
