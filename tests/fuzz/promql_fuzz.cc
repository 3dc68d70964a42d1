// Whatever is written where an expression should stand is taken apart into words that together are all of it, and comes back with
// other durations and another threshold, which can be read again.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "promql/scale.h"
#include "promql/selector.h"
#include "promql/token.h"

namespace {

using namespace faultline::promql;

void require(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view expression(reinterpret_cast<const char*>(data), size);
  std::string whole;
  for (const Token& token : tokens_of(expression)) {
    require(!token.text.empty(), "a word has at least one character");
    whole += token.text;
    if (token.kind == Token::Kind::duration) {
      if (const auto duration = duration_of(token.text)) {
        require(duration_of(to_text(*duration)) == duration, "a duration is read as it is written");
      }
    }
  }
  require(whole == expression, "the words are the whole expression");
  selectors_of(expression);

  const std::string shorter = scaled(expression, {.by = 60, .shortest_range = std::chrono::seconds(4)});
  require(words_of(shorter).size() == words_of(expression).size(), "what is scaled has as many words");

  if (const auto threshold = threshold_of(expression)) {
    const auto other = threshold_of(with_threshold(expression, 0.25));
    require(other && std::abs(*other - 0.25) < 1e-12, "another threshold is read as it was put there");
  }
  return 0;
}
