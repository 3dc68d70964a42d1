#include "http/serialise.h"

#include <strings.h>

#include <charconv>
#include <string_view>

namespace faultline::http {
namespace {

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void append_request(std::string& out, const Request& request, const std::string& host_field,
                    const std::string& accept_encoding) {
  const auto host = request.headers.find("Host");
  bool accepts = accept_encoding.empty();
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_field(out, "Host", host ? *host : host_field);
  for (const auto& [name, value] : request.headers) {
    if (same(name, "Host") || same(name, "Content-Length") || same(name, "Transfer-Encoding")) {
      continue;
    }
    accepts = accepts || same(name, "Accept-Encoding");
    append_field(out, name, value);
  }
  if (!accepts) {
    append_field(out, "Accept-Encoding", accept_encoding);
  }
  // These have a body by their nature: without a length, some servers would wait for one (RFC 9110, 8.6).
  const std::string& method = request.method;
  if (!request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH" ||
      method == "OPTIONS") {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, request.body.size()).ptr;
    append_field(out, "Content-Length", {digits, static_cast<std::size_t>(end - digits)});
  }
  out.append("\r\n").append(request.body);
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
  return connection && same(*connection, "close");
}

}  // namespace faultline::http
