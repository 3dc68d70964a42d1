// Whatever an answer sets as cookies, what goes back is a field that ends no line, of no more than are kept. Of the input,
// the first line is the target, the second the Date of the answer, each further one a Set-Cookie.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "load/cookies.h"

namespace {

using faultline::Instant;

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

void hold(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kCookiesAtMost = 180;
  const faultline::http::Origin service = {"www.shop.example", "443", true};
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string target = "/" + std::string(take_line(text));
  faultline::http::Headers headers;
  headers.add("Date", std::string(take_line(text)));
  while (!text.empty()) {
    headers.add("Set-Cookie", std::string(take_line(text)));
  }
  faultline::load::Cookies cookies;
  cookies.take(headers, service, target, Instant{});
  const std::string field = cookies.to_field(service, target, Instant{});
  hold(std::all_of(field.begin(), field.end(),
                   [](unsigned char c) { return (c >= 0x20 || c == '\t') && c != 0x7F; }),
       "no control character goes back");
  hold(std::count(field.begin(), field.end(), ';') < kCookiesAtMost, "no more go back than are kept");
  hold(cookies.to_field(service, target, Instant{std::chrono::days(401)}).size() <= field.size(),
       "time adds no cookie");
  return 0;
}
