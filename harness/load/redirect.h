#pragma once
// Where an answer sends a request instead (RFC 9110, 15.4). Only what stays with the same service can be followed: a
// load has one, so that no header of it ever comes to another.

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace faultline::load {

/// The request that the answer to `made` asks for; nothing where it asks for none, or leads to another origin. 303 makes a
/// GET of everything but HEAD, 301 and 302 of POST, as browsers do; the body and what says of it go with the method. 307
/// and 308 change nothing but the target.
std::optional<http::Request> redirected(const http::Request& made, const http::Response& answer,
                                        const http::Origin& service);

/// The target that a reference leads to from another target of the same origin, which begins with '/' (RFC 3986, 5.2); what may not stand in a
/// request line is percent-encoded, and the fragment is left out. Nothing where it leads elsewhere, or is longer than 8 KiB.
std::optional<std::string> resolve(std::string_view reference, const http::Origin& origin,
                                   std::string_view from);

}  // namespace faultline::load
