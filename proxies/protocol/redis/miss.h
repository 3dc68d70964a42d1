#pragma once
// How a read that finds nothing is answered.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace faultline::protocol::redis {

/// The reply to a command that reads, where its key is missing; nothing for one that does not read keys. `arguments` is
/// how many the command has, its name included; `resp3` which version of the protocol is spoken.
std::optional<std::string> reply_of_miss(std::string_view command, std::uint64_t arguments, bool resp3);

}  // namespace faultline::protocol::redis
