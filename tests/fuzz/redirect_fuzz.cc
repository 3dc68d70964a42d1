// Wherever an answer leads, what is asked for next is a target that stands in a request line. Of the input, the first line
// is the target before, the rest is the Location.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "load/redirect.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view from = text.substr(0, text.find('\n'));
  const std::string location(text.substr(std::min(text.size(), from.size() + 1)));
  const faultline::http::Request made{
      "POST", "/" + std::string(from), {{"Content-Type", "text/plain"}}, "body"};
  for (const int status : {302, 308}) {
    const auto next = faultline::load::redirected(made, {status, {{"Location", location}}, {}},
                                                  {"shop.example", "80", false});
    const bool stands = !next || (next->target.starts_with('/') &&
                                  std::all_of(next->target.begin(), next->target.end(),
                                              [](char c) { return c > ' ' && c < 0x7F && c != '#'; }));
    const bool keeps = !next || (status == 308 ? next->body == "body" : next->body.empty());
    if (!stands || !keeps) {
      std::fprintf(stderr, "does not hold: %s\n",
                   stands ? "the body goes with the method" : "a target stands in a request line");
      std::abort();
    }
  }
  return 0;
}
