#pragma once
// The field Set-Cookie, as RFC 6265 has user agents read it, which is more lenient than it has servers write it.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace faultline::load {

struct SetCookie {
  std::string name, value;
  std::string domain{};  // in small letters, without the dot before it; empty: none is given
  std::string path{};    // empty: none is given
  bool secure = false;
  std::optional<std::chrono::seconds> max_age{};  // 0 or less: it is over. At most 400 days
  std::optional<std::chrono::sys_seconds> expires{};
};

/// Nothing for what is to be ignored (5.2): it has no name, or holds a control character, or name and value are of more
/// than 4 KiB. An attribute that is wrong, or longer than 1 KiB, is left out alone.
std::optional<SetCookie> parse_set_cookie(std::string_view field);

/// 5.1.1. The dates of HTTP (RFC 9110, 5.6.7) are such dates too.
std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text);

}  // namespace faultline::load
