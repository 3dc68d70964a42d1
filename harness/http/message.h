#pragma once
// HTTP/1.1 messages as plain data, for the servers and clients that the harness itself is.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace faultline::http {

/// Header fields in the order of the wire; names compare without regard to case (RFC 9110, 5.1).
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  /// Makes room for so many fields.
  void reserve(std::size_t fields) { fields_.reserve(fields); }
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces every field of that name.
  void set(std::string_view name, std::string value);
  /// The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  std::string method = "GET";
  std::string target = "/";  // path and query, as in the request line
  Headers headers{};
  std::string body{};
};

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
};

/// The path of a target, without its query; still percent-encoded.
std::string_view path_of(std::string_view target);
/// The query's parameters in order, decoded ('+' is a space).
std::vector<std::pair<std::string, std::string>> query_of(std::string_view target);
/// The same of what stands behind the '?', or in a body of application/x-www-form-urlencoded.
std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view encoded);
std::string percent_decoded(std::string_view text);
std::string percent_encoded(std::string_view text);
/// As a name or a value of application/x-www-form-urlencoded (url.spec.whatwg.org, 5.2): a blank is '+'.
std::string form_encoded(std::string_view text);
/// Whether two hosts or two names of fields are the same: the case of ASCII letters says nothing.
bool same_ignoring_case(std::string_view a, std::string_view b);

/// Whom a request is for (RFC 9110, 4.3.1): a scheme, a host and a port.
struct Origin {
  std::string host;  // a name or an address; an IPv6 address without brackets
  std::string port;
  bool tls = false;  // https
};

/// Where an http:// or https:// URL points.
struct Url {
  std::string host;
  std::string port;    // "80", or "443" with TLS, unless given
  std::string target;  // "/" unless given
  bool tls = false;    // https

  Origin origin() const { return {host, port, tls}; }
};
/// Without its fragment, which is never sent (RFC 9110, 7.1). Nothing when the text is neither an http nor an https URL.
std::optional<Url> parse_url(std::string_view text);

}  // namespace faultline::http
