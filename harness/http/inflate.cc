#include "http/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "http/message.h"

namespace faultline::http {
namespace {

constexpr int kGzipOrZlib = MAX_WBITS + 32;  // told apart by their first bytes
constexpr int kRaw = -MAX_WBITS;

std::optional<std::string> inflated_as(int window_bits, std::string_view compressed, std::size_t limit) {
  // zlib counts in 32 bits, and a body is bounded by less.
  if (compressed.size() > std::numeric_limits<uInt>::max()) {
    return std::nullopt;
  }
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) {
    return std::nullopt;
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string body;
  bool whole = false;
  while (!whole) {
    char piece[16 * 1024];
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof piece;
    const int result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = sizeof piece - stream.avail_out;
    if ((result != Z_OK && result != Z_STREAM_END) || made > limit - body.size()) {
      break;
    }
    body.append(piece, made);
    if (result == Z_STREAM_END) {
      whole = stream.avail_in == 0;
      if (!whole && (window_bits == kRaw || inflateReset(&stream) != Z_OK)) {
        break;
      }
    }
  }
  inflateEnd(&stream);
  return whole ? std::optional(std::move(body)) : std::nullopt;
}

}  // namespace

bool is_compressed(std::string_view content_encoding) {
  return same_ignoring_case(content_encoding, "gzip") || same_ignoring_case(content_encoding, "x-gzip") ||
         same_ignoring_case(content_encoding, "deflate");
}

std::optional<std::string> inflated(std::string_view compressed, std::size_t limit) {
  if (auto body = inflated_as(kGzipOrZlib, compressed, limit)) {
    return body;
  }
  return inflated_as(kRaw, compressed, limit);
}

}  // namespace faultline::http
