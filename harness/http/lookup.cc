#include "http/lookup.h"

#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <cstring>
#include <utility>

namespace faultline::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

Address address_of(const tcp::endpoint& endpoint) {
  Address address;
  std::memcpy(&address.socket, endpoint.data(), endpoint.size());
  address.size = static_cast<socklen_t>(endpoint.size());
  return address;
}

bool is_port(const std::string& text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stopped == end;
}

}  // namespace

std::optional<Address> numeric_address(const std::string& host, const std::string& port) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error || !is_port(port)) {
    return std::nullopt;
  }
  return address_of(tcp::endpoint(address, static_cast<std::uint16_t>(std::stoi(port))));
}

struct Lookup::State {
  State(asio::io_context& io, std::function<void(std::vector<Address>)> call)
      : resolver(io), found(std::move(call)) {}

  tcp::resolver resolver;
  std::function<void(std::vector<Address>)> found;  // empty when the question was taken back
};

Lookup::Lookup(Loop& loop, const std::string& host, const std::string& port,
               std::function<void(std::vector<Address>)> found)
    : state_(std::make_shared<State>(loop.io(), std::move(found))) {
  if (!is_port(port)) {
    loop.post([state = state_] {
      if (const auto call = std::exchange(state->found, nullptr)) {
        call({});
      }
    });
    return;
  }
  state_->resolver.async_resolve(
      host, port, [state = state_](const boost::system::error_code& error, const auto& results) {
        const auto call = std::exchange(state->found, nullptr);
        if (!call) {
          return;
        }
        std::vector<Address> addresses;
        if (!error) {
          for (const auto& result : results) {
            addresses.push_back(address_of(result.endpoint()));
          }
        }
        call(std::move(addresses));
      });
}

Lookup::~Lookup() {
  state_->found = nullptr;
  state_->resolver.cancel();
}

}  // namespace faultline::http
