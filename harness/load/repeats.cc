#include "load/repeats.h"

#include <xxhash.h>

namespace faultline::load {
namespace {

std::uint64_t add(std::uint64_t digest, const std::string& text) {
  return XXH3_64bits_withSeed(text.data(), text.size(), digest);
}

}  // namespace

void Repeats::sent(const http::Request& request) {
  const bool changes_something = request.method != "GET" && request.method != "HEAD";
  last_ = changes_something ? std::optional(add(add(add(0, request.method), request.target), request.body))
                            : std::nullopt;
}

std::optional<bool> Repeats::answered_alike(const http::Exchange& exchange) {
  constexpr int kSuccess = 2, kHundred = 100;
  if (!last_ || !exchange.answered() || exchange.response.status / kHundred != kSuccess) {
    return std::nullopt;
  }
  const std::uint64_t answer =
      add(static_cast<std::uint64_t>(exchange.response.status), exchange.response.body);
  const auto [first, is_first] = first_answers_.emplace(*last_, answer);
  return is_first ? std::nullopt : std::optional(first->second == answer);
}

}  // namespace faultline::load
