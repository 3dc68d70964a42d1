#include "http/message.h"

#include <algorithm>

namespace faultline::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const auto& field) { return same_ignoring_case(field.first, name); });
  add(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (same_ignoring_case(field, name)) {
      return value;
    }
  }
  return std::nullopt;
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::vector<std::pair<std::string, std::string>> query_of(std::string_view target) {
  const auto mark = target.find('?');
  return parameters_of(mark == std::string_view::npos ? "" : target.substr(mark + 1));
}

std::vector<std::pair<std::string, std::string>> parameters_of(std::string_view encoded) {
  std::string_view rest = encoded;
  std::vector<std::pair<std::string, std::string>> parameters;
  if (!encoded.empty()) {
    parameters.reserve(static_cast<std::size_t>(std::count(encoded.begin(), encoded.end(), '&')) + 1);
  }
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) {
      continue;
    }
    const auto equals = pair.find('=');
    const auto decode = [](std::string_view text) {
      if (text.find_first_of("+%") == std::string_view::npos) {
        return std::string(text);
      }
      std::string spaced(text);
      std::replace(spaced.begin(), spaced.end(), '+', ' ');
      return percent_decoded(spaced);
    };
    parameters.emplace_back(decode(pair.substr(0, equals)),
                            equals == std::string_view::npos ? "" : decode(pair.substr(equals + 1)));
  }
  return parameters;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      decoded.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

std::string percent_encoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            std::string_view("-._~").find(c) != std::string_view::npos;
    if (unreserved) {
      encoded.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

std::string form_encoded(std::string_view text) {
  constexpr std::string_view kBlank = "%20";
  std::string encoded = percent_encoded(text);
  for (auto at = encoded.find(kBlank); at != std::string::npos; at = encoded.find(kBlank, at)) {
    encoded.replace(at, kBlank.size(), "+");
  }
  return encoded;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<Url> parse_url(std::string_view text) {
  static constexpr std::string_view kPlain = "http://", kTls = "https://";
  Url url;
  url.tls = same_ignoring_case(text.substr(0, kTls.size()), kTls);
  if (!url.tls && !same_ignoring_case(text.substr(0, kPlain.size()), kPlain)) {
    return std::nullopt;
  }
  text = text.substr(0, text.find('#'));
  text.remove_prefix(url.tls ? kTls.size() : kPlain.size());
  const auto slash = std::min(text.find('/'), text.find('?'));
  const std::string_view authority = text.substr(0, slash);
  url.target = slash == std::string_view::npos ? "/" : std::string(text.substr(slash));
  if (url.target.front() == '?') {
    url.target.insert(0, "/");
  }
  const auto colon = authority.rfind(':');
  const bool bracketed = authority.starts_with('[');
  const bool has_port = colon != std::string_view::npos && (!bracketed || authority.rfind(']') < colon);
  url.host = authority.substr(0, has_port ? colon : std::string_view::npos);
  url.port = has_port ? std::string(authority.substr(colon + 1)) : url.tls ? "443" : "80";
  if (bracketed && url.host.size() >= 2) {
    url.host = url.host.substr(1, url.host.size() - 2);
  }
  const bool is_port = !url.port.empty() && url.port.size() <= 5 &&
                       url.port.find_first_not_of("0123456789") == std::string::npos &&
                       std::stoi(url.port) <= 65535;
  if (url.host.empty() || !is_port || authority.find('@') != std::string_view::npos) {
    return std::nullopt;
  }
  return url;
}

}  // namespace faultline::http
