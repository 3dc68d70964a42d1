#include "stream/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>

#include "core/error.h"

namespace faultline::stream {

boost::asio::ip::tcp::endpoint resolve(boost::asio::io_context& io, const Address& address) {
  using Tcp = boost::asio::ip::tcp;
  boost::system::error_code error;
  const auto numeric = boost::asio::ip::make_address(address.host, error);
  if (!error) {
    return {numeric, address.port};
  }
  const auto found = Tcp::resolver(io).resolve(address.host, std::to_string(address.port),
                                               Tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    throw EnvironmentError(fmt::format("cannot resolve '{}': {}", address.host, error.message()),
                           "write an address, or a name that this machine knows");
  }
  const auto four = std::find_if(found.begin(), found.end(),
                                 [](const auto& one) { return one.endpoint().address().is_v4(); });
  return four == found.end() ? found.begin()->endpoint() : four->endpoint();
}

}  // namespace faultline::stream
