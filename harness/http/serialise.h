#pragma once
// Requests, and the heads of responses, as they go over the wire.

#include <string>

#include "http/message.h"

namespace faultline::http {

/// A Host, a Content-Length and a Transfer-Encoding of the caller's own: the first takes the place of ours, the others
/// are left out. `accept_encoding` is added unless empty, or the caller has one.
void append_request(std::string& out, const Request& request, const std::string& host_field,
                    const std::string& accept_encoding);

/// How a response is sent.
struct Sending {
  unsigned minor_version = 1;  // of HTTP/1
  bool keep_alive = true;      // the connection, behind it
};
/// The status line and the fields, with the blank line behind them. Content-Length, Connection and Transfer-Encoding of the
/// caller's own are left out: the body's length and `sending` say them.
void append_head(std::string& out, const Response& response, const Sending& sending);

/// Whether a response of that status has a body (RFC 9110, 15.2, 15.3.5 and 15.4.5).
bool may_have_body(int status);

/// What Host says of an origin (RFC 9110, 7.2).
std::string host_field_of(const Origin& origin);

/// Whether it may be sent twice (RFC 9110, 9.2.2).
bool is_idempotent(const std::string& method);

/// Whether it asks for the connection to be closed behind its answer.
bool asks_for_close(const Request& request);

}  // namespace faultline::http
