#pragma once
// Where a proxy listens, and where it connects to.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace faultline::transport {

struct Address {
  std::string host = "127.0.0.1";  // a name, or an address
  std::uint16_t port = 0;
};

/// "127.0.0.1:6379", "db.local:5432", "[::1]:80", ":6379" for 127.0.0.1.
std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);

}  // namespace faultline::transport
