#pragma once
// Compresses, as a server would.

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace faultline::http {

enum class Packed : int { gzip = MAX_WBITS + 16, zlib = MAX_WBITS, raw = -MAX_WBITS };

inline std::string packed(std::string text, Packed how = Packed::gzip) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, static_cast<int>(how), 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace faultline::http
