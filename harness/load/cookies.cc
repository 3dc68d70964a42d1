#include "load/cookies.h"

#include <algorithm>
#include <cctype>

namespace faultline::load {
namespace {

constexpr std::string_view kField = "set-cookie";
constexpr std::string_view kMaxAge = "max-age=";

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Whether an attribute says that the cookie is over.
bool takes_away(std::string_view attribute) {
  if (attribute.size() < kMaxAge.size() || !same(attribute.substr(0, kMaxAge.size()), kMaxAge)) {
    return false;
  }
  const std::string_view age = attribute.substr(kMaxAge.size());
  return age == "0" || age.starts_with('-');
}

}  // namespace

void Cookies::take(const http::Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (same(name, kField)) {
      take(value);
    }
  }
}

void Cookies::take(std::string_view field) {
  bool over = false;
  const auto end = field.find(';');
  for (auto at = end; at != std::string_view::npos;) {
    const auto next = field.find(';', at + 1);
    over = over ||
           takes_away(trimmed(field.substr(at + 1, next == std::string_view::npos ? next : next - at - 1)));
    at = next;
  }
  const std::string_view pair = trimmed(field.substr(0, end));
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return;  // 5.2: without a name it is ignored
  }
  const std::string name(trimmed(pair.substr(0, equals)));
  const auto before =
      std::find_if(kept_.begin(), kept_.end(), [&](const auto& each) { return each.first == name; });
  if (over) {
    if (before != kept_.end()) {
      kept_.erase(before);
    }
  } else if (before != kept_.end()) {
    before->second = trimmed(pair.substr(equals + 1));
  } else {
    kept_.emplace_back(name, trimmed(pair.substr(equals + 1)));
  }
}

std::string Cookies::to_field() const {
  std::string field;
  for (const auto& [name, value] : kept_) {
    field += field.empty() ? "" : "; ";
    field += name;
    field += '=';
    field += value;
  }
  return field;
}

}  // namespace faultline::load
