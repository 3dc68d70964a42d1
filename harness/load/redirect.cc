#include "load/redirect.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace faultline::load {
namespace {

constexpr std::size_t kReferenceBytes = 8 * 1024;

// The length of "scheme:" at the start of a reference (RFC 3986, 3.1); 0 where there is none.
std::size_t scheme_length(std::string_view reference) {
  const auto end = std::find_if(reference.begin(), reference.end(), [](unsigned char c) {
    return std::isalnum(c) == 0 &&
           std::string_view("+-.").find(static_cast<char>(c)) == std::string_view::npos;
  });
  const bool is_scheme = end != reference.begin() && end != reference.end() && *end == ':' &&
                         std::isalpha(static_cast<unsigned char>(reference.front())) != 0;
  return is_scheme ? static_cast<std::size_t>(end - reference.begin()) + 1 : 0;
}

bool same_origin(const http::Url& url, const http::Origin& origin) {
  return url.tls == origin.tls && url.port == origin.port && http::same_ignoring_case(url.host, origin.host);
}

// 5.2.4: what "." and ".." stand for.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> segments;
  bool folder = false;  // the last segment names one, so that the path ends in a slash
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    folder = segment == "." || segment == "..";
    if (segment == ".." && !segments.empty()) {
      segments.pop_back();
    } else if (!folder) {
      segments.push_back(segment);
    }
  }
  std::string result;
  for (const std::string_view segment : segments) {
    result += '/';
    result += segment;
  }
  return folder || segments.empty() ? result + '/' : result;
}

// What would end the target, or the line.
std::string harmless(std::string_view target) {
  std::string result;
  for (const char c : target) {
    const bool stays = c > ' ' && c < 0x7F;
    result += stays ? std::string(1, c) : http::percent_encoded({&c, 1});
  }
  return result;
}

std::string_view without_fragment(std::string_view reference) {
  return reference.substr(0, reference.find('#'));
}

}  // namespace

std::optional<std::string> resolve(std::string_view reference, const http::Origin& origin,
                                   std::string_view from) {
  if (reference.size() > kReferenceBytes) {
    return std::nullopt;
  }
  reference = without_fragment(reference);
  from = without_fragment(from);
  const std::size_t scheme = scheme_length(reference);
  std::string target;
  if (scheme > 0 || reference.starts_with("//")) {
    const bool tls =
        scheme > 0 ? http::same_ignoring_case(reference.substr(0, scheme), "https:") : origin.tls;
    if (scheme > 0 && !tls && !http::same_ignoring_case(reference.substr(0, scheme), "http:")) {
      return std::nullopt;
    }
    const auto url = http::parse_url((tls ? "https:" : "http:") + std::string(reference.substr(scheme)));
    if (!url || !same_origin(*url, origin)) {
      return std::nullopt;
    }
    target = url->target;
  } else if (reference.empty()) {
    target = from;
  } else if (reference.starts_with('?')) {
    target = std::string(http::path_of(from)) + std::string(reference);
  } else if (reference.starts_with('/')) {
    target = reference;
  } else {
    const std::string_view path = http::path_of(from);
    target = std::string(path.substr(0, path.rfind('/') + 1)) + std::string(reference);
  }
  const std::string_view path = http::path_of(target);
  return harmless(without_dots(path) + target.substr(path.size()));
}

std::optional<http::Request> redirected(const http::Request& made, const http::Response& answer,
                                        const http::Origin& service) {
  constexpr int kMoved = 301, kFound = 302, kSeeOther = 303, kTemporary = 307, kPermanent = 308;
  const int status = answer.status;
  const auto location = answer.headers.find("Location");
  if (!location || (status != kMoved && status != kFound && status != kSeeOther && status != kTemporary &&
                    status != kPermanent)) {
    return std::nullopt;
  }
  auto target = resolve(*location, service, made.target);
  if (!target) {
    return std::nullopt;
  }
  const bool becomes_get =
      status == kSeeOther ? made.method != "HEAD" : status < kSeeOther && made.method == "POST";
  if (!becomes_get) {
    return http::Request{made.method, std::move(*target), made.headers, made.body};
  }
  http::Request next{"GET", std::move(*target), {}, {}};
  for (const auto& [name, value] : made.headers) {
    constexpr std::string_view kOfTheBody = "content-";
    if (!http::same_ignoring_case(std::string_view(name).substr(0, kOfTheBody.size()), kOfTheBody)) {
      next.headers.add(name, value);
    }
  }
  return next;
}

}  // namespace faultline::load
