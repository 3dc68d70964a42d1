#pragma once
// "POST /admin/flush": a request to the service, as a probe or an action names it.

#include <optional>
#include <string>
#include <string_view>

#include "core/table.h"

namespace faultline::steps {

struct RequestLine {
  std::string method;
  std::string target;  // path and query

  std::string text() const { return method + " " + target; }
};

/// Reads the string at `key`. Nothing when it is wrong: reported.
std::optional<RequestLine> read_request_line(Table& table, std::string_view key);

}  // namespace faultline::steps
