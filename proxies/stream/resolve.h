#pragma once
// An address as the kernel takes it. Internal to this folder.

#include <boost/asio/ip/tcp.hpp>

#include "stream/address.h"

namespace faultline::stream {

/// Asks the resolver where the host is a name; the first answer is taken, IPv4 before IPv6. Throws EnvironmentError
/// when there is none.
boost::asio::ip::tcp::endpoint resolve(boost::asio::io_context& io, const Address& address);

}  // namespace faultline::stream
