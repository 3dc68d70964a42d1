#pragma once
// How one request of a journey is read. Internal to this folder: flow.cc puts a flow together.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load/flow.h"

namespace faultline::load {

using HeaderTemplates = std::vector<std::pair<std::string, Template>>;

/// What the flow says for all of its requests.
struct Common {
  HeaderTemplates headers;
  std::uint32_t redirects = kRedirects;
};

/// The number of the arrival: a placeholder that needs no generator.
inline constexpr std::string_view kArrivalName = "arrival";
/// The generator that says whose key ${api_key} is.
inline constexpr std::string_view kTenantName = "tenant";

/// Whether something may be called that: a letter or _, then letters, digits and _.
bool is_name(std::string_view text);

/// Reads the key `headers`; absent: none.
HeaderTemplates read_headers(Table& table, const Names& names, Diagnostics& problems);

/// Reads the key `redirects`.
std::optional<std::uint32_t> read_redirects(Table& table);

/// Reads a step that has `request`. `names` are those known before it; what it captures is added to them.
RequestStep read_request(Table& table, const Common& common, Names& names, Diagnostics& problems);

}  // namespace faultline::load
