#pragma once
// A request to the service, as a probe or an action describes it.
//
//   http = "POST /admin/flush"   headers = { "X-Admin-Key" = "…" }   tenant = "tenant-b"

#include <optional>
#include <string>
#include <string_view>

#include "core/table.h"
#include "steps/world.h"

namespace faultline::steps {

/// Reads the request line at `key`, and the headers and the tenant beside it; the body is the caller's. Nothing when
/// something is wrong: reported.
std::optional<Request> read_request(Table& table, std::string_view key);

/// For reports: "POST /admin/flush as tenant-b". Headers may be secrets, and are not part of it.
std::string to_text(const Request& request);

}  // namespace faultline::steps
