#include "steps/request_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace faultline::steps {
namespace {

const std::vector<std::string>& methods() {
  static const std::vector<std::string> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                    "PATCH", "DELETE", "OPTIONS"};
  return kMethods;
}

}  // namespace

std::optional<RequestLine> read_request_line(Table& table, std::string_view key) {
  const auto text = table.text(key);
  if (!text) {
    return std::nullopt;
  }
  const auto blank = text->find(' ');
  RequestLine line{text->substr(0, blank), blank == std::string::npos ? "" : text->substr(blank + 1)};
  if (std::find(methods().begin(), methods().end(), line.method) == methods().end()) {
    table.problem(key, fmt::format("'{}' does not begin with a method, as in \"GET /readyz\"", *text),
                  did_you_mean(line.method, methods()));
    return std::nullopt;
  }
  const bool printable =
      std::all_of(line.target.begin(), line.target.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!line.target.starts_with('/') || !printable) {
    table.problem(key, fmt::format("'{}' is no path: it begins with / and has no blanks", line.target));
    return std::nullopt;
  }
  return line;
}

}  // namespace faultline::steps
