#pragma once
// Base64 (RFC 4648), as credentials and opaque cursors in HTTP use it.

#include <optional>
#include <string>
#include <string_view>

namespace faultline::http {

/// With the alphabet that needs no escaping in a URL (section 5), without padding.
std::string base64url_encoded(std::string_view bytes);
/// Of either alphabet, padded or not; nothing when the text is not Base64.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace faultline::http
