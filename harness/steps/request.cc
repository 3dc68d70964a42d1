#include "steps/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "core/words.h"

namespace faultline::steps {
namespace {

const std::vector<std::string>& methods() {
  static const std::vector<std::string> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                    "PATCH", "DELETE", "OPTIONS"};
  return kMethods;
}

// "POST /admin/flush" into its two parts. Whether it is right.
bool read_line(Table& table, std::string_view key, Request& request) {
  const auto text = table.text(key);
  if (!text) {
    return false;
  }
  const auto blank = text->find(' ');
  request.method = text->substr(0, blank);
  request.target = blank == std::string::npos ? "" : text->substr(blank + 1);
  if (std::find(methods().begin(), methods().end(), request.method) == methods().end()) {
    table.problem(key, fmt::format("'{}' does not begin with a method, as in \"GET /readyz\"", *text),
                  did_you_mean(request.method, methods()));
    return false;
  }
  const bool printable =
      std::all_of(request.target.begin(), request.target.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!request.target.starts_with('/') || !printable) {
    table.problem(key, fmt::format("'{}' is no path: it begins with / and has no blanks", request.target));
    return false;
  }
  return true;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// A field's name is a token, and its value is one line (RFC 9110, 5.1 and 5.5).
bool read_headers(Table& table, Request& request) {
  request.headers = read_words(table, "headers");
  for (const auto& [name, value] : request.headers) {
    const bool token = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return std::isalnum(c) ||
             std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    });
    const bool line =
        std::none_of(value.begin(), value.end(), [](unsigned char c) { return c < ' ' && c != '\t'; });
    if (!token || !line) {
      table.problem("headers",
                    fmt::format("'{}' is no header field: a name without blanks, and one line", name));
      return false;
    }
    if (same_name(name, "X-API-Key") && table.has("tenant")) {
      table.problem("tenant",
                    fmt::format("the key of a tenant is given twice: as 'tenant' and as '{}'", name));
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Request> read_request(Table& table, std::string_view key) {
  Request request;
  const bool line = read_line(table, key, request);
  const bool headers = read_headers(table, request);
  request.tenant = table.text("tenant").value_or("");
  return line && headers ? std::optional(std::move(request)) : std::nullopt;
}

std::string to_text(const Request& request) {
  return fmt::format("{} {}{}{}", request.method, request.target, request.tenant.empty() ? "" : " as ",
                     request.tenant);
}

}  // namespace faultline::steps
