#pragma once
// Finds the end of a chunked body, trailers included, byte for byte and without keeping any of it (RFC 9112,
// section 7.1).

#include <cstddef>
#include <cstdint>
#include <span>

namespace faultline::protocol::http1 {

class ChunkedReader {
 public:
  struct Step {
    std::size_t taken = 0;
    bool done = false;
    bool wrong = false;
  };
  Step read(std::span<const char> bytes);

 private:
  enum class At { size, extension, data, data_end, trailer_begin, trailer };
  At at_ = At::size;
  std::uint64_t left_ = 0;      // of the chunk
  std::size_t digits_ = 0;      // of its size
  std::size_t line_bytes_ = 0;  // of extensions and trailers, which are limited together
};

}  // namespace faultline::protocol::http1
