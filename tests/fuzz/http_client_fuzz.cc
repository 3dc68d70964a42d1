// The answers that the HTTP client reads: it finds the same in them however the bytes are cut. Of an input, the first
// byte says whether HEAD was asked and how the bytes are cut; what follows came from the server.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/answer_parser.h"
#include "http/inflate.h"

namespace faultline::http {
namespace {

// Low, so that inputs reach it.
constexpr std::size_t kBodyBytes = 4096;

struct Found {
  AnswerParser::State state{};
  bool keep_alive = false;
  Response response;
};

Found read(std::string_view bytes, std::size_t piece, bool head) {
  AnswerParser parser;
  parser.begin(head, kBodyBytes);
  auto state = AnswerParser::State::more;
  while (!bytes.empty() && state != AnswerParser::State::malformed) {
    // Memory of its own, so that a read beyond it is seen.
    const std::string part(bytes.substr(0, piece));
    state = parser.feed(part);
    bytes.remove_prefix(part.size());
  }
  if (state == AnswerParser::State::more) {
    state = parser.end();
  }
  if (state != AnswerParser::State::whole) {
    return {state};
  }
  const bool keep_alive = parser.keep_alive();
  return {state, keep_alive, parser.take()};
}

void require(bool good, const char* what) {
  if (!good) {
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
  }
}

void check(std::string_view bytes, std::size_t piece, bool head) {
  const Found whole = read(bytes, std::max<std::size_t>(bytes.size(), 1), head);
  const Found cut = read(bytes, piece, head);
  require(whole.state == cut.state, "an answer ends the same however the bytes are cut");
  require(whole.keep_alive == cut.keep_alive, "so does its connection");
  require(whole.response.status == cut.response.status, "its status is the same");
  require(whole.response.body == cut.response.body, "its body is the same");
  require(whole.response.body.size() <= kBodyBytes, "its body keeps to the limit");
  require(std::equal(whole.response.headers.begin(), whole.response.headers.end(),
                     cut.response.headers.begin(), cut.response.headers.end()),
          "its headers are the same");
  if (const auto body = inflated(whole.response.body, kBodyBytes)) {
    require(body->size() <= kBodyBytes, "a body keeps to the limit when it is decompressed, too");
  }
}

}  // namespace
}  // namespace faultline::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size != 0) {
    faultline::http::check({reinterpret_cast<const char*>(data) + 1, size - 1}, 1 + data[0] / 2,
                           data[0] % 2 != 0);
  }
  return 0;
}
