#pragma once
// The addresses behind a host and a port.

#include <sys/socket.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/loop.h"

namespace faultline::http {

struct Address {
  sockaddr_storage socket{};
  socklen_t size = 0;
};

/// Of a host that is an address itself, and a port in digits; nothing for what has to be looked up.
std::optional<Address> numeric_address(const std::string& host, const std::string& port);

/// Asks the system's resolver, in the background.
class Lookup {
 public:
  /// Calls `found` once, on the loop's thread, later: with no address when the name leads nowhere. Made and destroyed
  /// on that thread.
  Lookup(Loop& loop, const std::string& host, const std::string& port,
         std::function<void(std::vector<Address>)> found);
  /// Takes the question back.
  ~Lookup();
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace faultline::http
