#include "http/serialise.h"

#include <ostream>  // missing in the next one

#include <boost/beast/http/status.hpp>
#include <charconv>
#include <string_view>

#include "http/message.h"

namespace faultline::http {

namespace beast = boost::beast;

namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::string& out, std::size_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_length(std::string& out, std::size_t length) {
  out.append("Content-Length: ");
  append_number(out, length);
  out.append("\r\n");
}

}  // namespace

void append_request(std::string& out, const Request& request, const std::string& host_field,
                    const std::string& accept_encoding) {
  const auto host = request.headers.find("Host");
  bool accepts = accept_encoding.empty();
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_field(out, "Host", host ? *host : host_field);
  for (const auto& [name, value] : request.headers) {
    if (same_ignoring_case(name, "Host") || same_ignoring_case(name, "Content-Length") ||
        same_ignoring_case(name, "Transfer-Encoding")) {
      continue;
    }
    accepts = accepts || same_ignoring_case(name, "Accept-Encoding");
    append_field(out, name, value);
  }
  if (!accepts) {
    append_field(out, "Accept-Encoding", accept_encoding);
  }
  // These have a body by their nature: without a length, some servers would wait for one (RFC 9110, 8.6).
  const std::string& method = request.method;
  if (!request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH" ||
      method == "OPTIONS") {
    append_length(out, request.body.size());
  }
  out.append("\r\n").append(request.body);
}

void append_head(std::string& out, const Response& response, const Sending& sending) {
  out.append(sending.minor_version == 0 ? "HTTP/1.0 " : "HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(response.status));
  const auto reason = beast::http::obsolete_reason(static_cast<beast::http::status>(response.status));
  out.append(" ").append(reason.data(), reason.size()).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (!same_ignoring_case(name, "Content-Length") && !same_ignoring_case(name, "Transfer-Encoding") &&
        !same_ignoring_case(name, "Connection")) {
      append_field(out, name, value);
    }
  }
  // What a version does of itself needs no word (RFC 9112, 9.3).
  if (sending.keep_alive != (sending.minor_version == 1)) {
    append_field(out, "Connection", sending.keep_alive ? "keep-alive" : "close");
  }
  if (may_have_body(response.status)) {
    append_length(out, response.body.size());
  }
  out.append("\r\n");
}

bool may_have_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string host_field_of(const Origin& origin) {
  const std::string host = origin.host.find(':') == std::string::npos ? origin.host : "[" + origin.host + "]";
  return origin.port == (origin.tls ? "443" : "80") ? host : host + ":" + origin.port;
}

bool is_idempotent(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS" || method == "TRACE";
}

bool asks_for_close(const Request& request) {
  const auto connection = request.headers.find("Connection");
  return connection && same_ignoring_case(*connection, "close");
}

}  // namespace faultline::http
