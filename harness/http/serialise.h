#pragma once
// Requests as they go over the wire.

#include <string>

#include "http/message.h"

namespace faultline::http {

/// A Host, a Content-Length and a Transfer-Encoding of the caller's own: the first takes the place of ours, the others
/// are left out. `accept_encoding` is added unless empty, or the caller has one.
void append_request(std::string& out, const Request& request, const std::string& host_field,
                    const std::string& accept_encoding);

/// What Host says of an origin (RFC 9110, 7.2).
std::string host_field_of(const Origin& origin);

/// Whether it may be sent twice (RFC 9110, 9.2.2).
bool is_idempotent(const std::string& method);

/// Whether it asks for the connection to be closed behind its answer.
bool asks_for_close(const Request& request);

}  // namespace faultline::http
