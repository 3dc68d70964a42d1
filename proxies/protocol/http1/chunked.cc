#include "protocol/http1/chunked.h"

#include <algorithm>

#include "protocol/conversation.h"

namespace faultline::protocol::http1 {
namespace {

constexpr std::size_t kMostDigits = 15;

int hex(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

}  // namespace

ChunkedReader::Step ChunkedReader::read(std::span<const char> bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const char c = bytes[at];
    switch (at_) {
      case At::size:
        if (const int digit = hex(c); digit >= 0) {
          left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
          if (++digits_ > kMostDigits) {
            return {at, false, true};
          }
        } else if (digits_ == 0) {
          return {at, false, true};
        } else {
          at_ = At::extension;
          continue;  // the same byte
        }
        break;
      case At::extension:
        if (c == '\n') {
          at_ = left_ > 0 ? At::data : At::trailer_begin;
        } else if (++line_bytes_ > kHeadBytes) {
          return {at, false, true};
        }
        break;
      case At::data: {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
        left_ -= size;
        at += size;
        if (left_ == 0) {
          at_ = At::data_end;
        }
        continue;
      }
      case At::data_end:
        if (c == '\n') {
          at_ = At::size;
          digits_ = 0;
          line_bytes_ = 0;
        } else if (c != '\r') {
          return {at, false, true};
        }
        break;
      case At::trailer_begin:
        if (c == '\n') {
          *this = {};
          return {at + 1, true};
        }
        at_ = c == '\r' ? At::trailer_begin : At::trailer;
        [[fallthrough]];
      case At::trailer:
        if (c == '\n') {
          at_ = At::trailer_begin;
        } else if (++line_bytes_ > kHeadBytes) {
          return {at, false, true};
        }
        break;
    }
    ++at;
  }
  return {at};
}

}  // namespace faultline::protocol::http1
