#include "load/cookies.h"

#include <algorithm>

namespace faultline::load {
namespace {

constexpr std::size_t kCookiesAtMost = 180;
constexpr std::chrono::sys_seconds kWithoutAClock = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
constexpr std::chrono::seconds kLongest = std::chrono::days(400);

bool is_address(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos ||
         host.find(':') != std::string_view::npos;
}

// 5.1.3, with "com" for a domain refused: it is nobody's.
bool domain_matches(std::string_view host, std::string_view domain) {
  if (http::same_ignoring_case(host, domain)) {
    return true;
  }
  return host.size() > domain.size() && domain.find('.') != std::string_view::npos && !is_address(host) &&
         http::same_ignoring_case(host.substr(host.size() - domain.size()), domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

// 5.1.4
std::string_view default_path(std::string_view target) {
  const std::string_view path = http::path_of(target);
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : path.substr(0, slash);
}

bool path_matches(std::string_view path, std::string_view cookie_path) {
  return path.starts_with(cookie_path) &&
         (path.size() == cookie_path.size() || cookie_path.ends_with('/') || path[cookie_path.size()] == '/');
}

// How long a cookie lives; nothing for as long as the journey. Max-Age has the say (5.3, 3).
std::optional<Duration> life_of(const SetCookie& cookie, std::chrono::sys_seconds set_at) {
  if (cookie.max_age) {
    return *cookie.max_age;
  }
  return cookie.expires ? std::optional<Duration>(
                              std::clamp(*cookie.expires - set_at, std::chrono::seconds(0), kLongest))
                        : std::nullopt;
}

}  // namespace

void Cookies::take(const http::Headers& answer, const http::Origin& service, std::string_view target,
                   Instant now) {
  for (const auto& [name, value] : answer) {
    if (!http::same_ignoring_case(name, "set-cookie")) {
      continue;
    }
    if (auto cookie = parse_set_cookie(value)) {
      const auto date = parse_cookie_date(answer.find("Date").value_or(""));
      const auto life = life_of(*cookie, date.value_or(kWithoutAClock));
      take(std::move(*cookie), service, target, life, now);
    }
  }
}

void Cookies::take(SetCookie cookie, const http::Origin& service, std::string_view target,
                   std::optional<Duration> lives, Instant now) {
  if (!cookie.domain.empty() && !domain_matches(service.host, cookie.domain)) {
    return;
  }
  std::erase_if(kept_, [now](const Kept& each) { return each.until && *each.until <= now; });
  Kept kept{.name = std::move(cookie.name),
            .value = std::move(cookie.value),
            .domain = cookie.domain.empty() ? service.host : std::move(cookie.domain),
            .path = cookie.path.empty() ? std::string(default_path(target)) : std::move(cookie.path),
            .secure = cookie.secure,
            .until = lives ? std::optional(now + *lives) : std::nullopt};
  const auto before = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& each) {
    return each.name == kept.name && each.path == kept.path &&
           http::same_ignoring_case(each.domain, kept.domain);
  });
  if (lives && *lives <= Duration::zero()) {
    if (before != kept_.end()) {
      kept_.erase(before);
    }
  } else if (before != kept_.end()) {
    *before = std::move(kept);
  } else {
    if (kept_.size() == kCookiesAtMost) {
      kept_.erase(kept_.begin());
    }
    kept_.push_back(std::move(kept));
  }
}

std::string Cookies::to_field(const http::Origin& service, std::string_view target, Instant now) const {
  std::vector<const Kept*> going;
  for (const Kept& each : kept_) {
    if (path_matches(http::path_of(target), each.path) && (service.tls || !each.secure) &&
        (!each.until || *each.until > now)) {
      going.push_back(&each);
    }
  }
  std::stable_sort(going.begin(), going.end(),
                   [](const Kept* a, const Kept* b) { return a->path.size() > b->path.size(); });
  std::string field;
  for (const Kept* each : going) {
    field += field.empty() ? "" : "; ";
    field += each->name;
    field += '=';
    field += each->value;
  }
  return field;
}

}  // namespace faultline::load
