#pragma once
// Bodies that were compressed for the wire (RFC 9110, 8.4.1).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace faultline::http {

/// Whether `inflated` takes a body of this Content-Encoding: gzip, x-gzip or deflate.
bool is_compressed(std::string_view content_encoding);

/// Of gzip (RFC 1952, one member or several), zlib (RFC 1950), or deflate alone (RFC 1951), which some servers send as
/// "deflate". Nothing when it is broken, ends too early, or would be larger than `limit` bytes.
std::optional<std::string> inflated(std::string_view compressed, std::size_t limit);

}  // namespace faultline::http
