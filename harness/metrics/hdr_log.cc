#include "metrics/hdr_log.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <ostream>
#include <vector>

#include "core/assert.h"

namespace faultline::metrics {
namespace {

using Bytes = std::vector<unsigned char>;

// The bit 0x10 says that counts are in ZigZag LEB128.
constexpr std::uint32_t kCookie = 0x1c849303 | 0x10;
constexpr std::uint32_t kCompressedCookie = 0x1c849304 | 0x10;
constexpr std::uint32_t kDigits = 3;
constexpr std::size_t kLongestLeb = 9;

void put32(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<unsigned char>(value >> shift));
  }
}

void put64(Bytes& bytes, std::uint64_t value) {
  put32(bytes, static_cast<std::uint32_t>(value >> 32));
  put32(bytes, static_cast<std::uint32_t>(value));
}

// At most nine bytes: the ninth holds eight bits (ZigZagEncoding.java).
void put_leb(Bytes& bytes, std::int64_t value) {
  auto rest = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  for (std::size_t n = 1; n < kLongestLeb && rest >= 0x80; ++n) {
    bytes.push_back(static_cast<unsigned char>(rest | 0x80));
    rest >>= 7;
  }
  bytes.push_back(static_cast<unsigned char>(rest));
}

// Counts in turn; a run of zeros is its length, negative.
Bytes counts_of(const Histogram& histogram) {
  Bytes bytes;
  const std::vector<std::uint64_t>& counts = histogram.counts();
  for (std::size_t i = 0; i < counts.size();) {
    const auto next = std::find_if(counts.begin() + static_cast<std::ptrdiff_t>(i), counts.end(),
                                   [](std::uint64_t count) { return count != 0; });
    const auto zeros = static_cast<std::size_t>(next - counts.begin()) - i;
    if (zeros == 0) {
      put_leb(bytes, static_cast<std::int64_t>(counts[i++]));
    } else {
      put_leb(bytes, zeros == 1 ? 0 : -static_cast<std::int64_t>(zeros));
      i += zeros;
    }
  }
  return bytes;
}

Bytes encoded(const Histogram& histogram) {
  const Bytes counts = counts_of(histogram);
  const auto units = [](Duration d) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(d).count());
  };
  Bytes bytes;
  put32(bytes, kCookie);
  put32(bytes, static_cast<std::uint32_t>(counts.size()));
  put32(bytes, 0);  // normalizing index offset
  put32(bytes, kDigits);
  put64(bytes, 1);  // lowest discernible value
  put64(bytes, units(Histogram::kMost));
  put64(bytes, std::bit_cast<std::uint64_t>(1.0));  // integer to double conversion ratio
  bytes.insert(bytes.end(), counts.begin(), counts.end());
  return bytes;
}

Bytes compressed(const Bytes& plain) {
  uLongf size = compressBound(plain.size());
  Bytes bytes(size);
  const int result = compress(bytes.data(), &size, plain.data(), plain.size());
  FAULTLINE_ASSERT(result == Z_OK, "there is room for what compressBound promised");
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string hdr_encoded(const Histogram& histogram) {
  const Bytes body = compressed(encoded(histogram));
  Bytes bytes;
  put32(bytes, kCompressedCookie);
  put32(bytes, static_cast<std::uint32_t>(body.size()));
  bytes.insert(bytes.end(), body.begin(), body.end());
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the end that OpenSSL writes
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

HdrLog::HdrLog(std::ostream& out, double begin) : out_(out) {
  out_ << "#[Histogram log format version 1.3]\n"
       << fmt::format("#[StartTime: {:.3f} (seconds since epoch)]\n", begin) << "#[Values are microseconds]\n"
       << "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
}

void HdrLog::write(std::string_view tag, Duration from, Duration length, const Histogram& histogram) {
  std::string name(tag);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ',' || c == ' ' || c == '\n' || c == '\r'; }, '_');
  if (!name.empty()) {
    out_ << "Tag=" << name << ',';
  }
  const double most = seconds(histogram.percentile(100).value_or(Duration::zero())) * 1000;
  out_ << fmt::format("{:.3f},{:.3f},{:.3f},{}\n", seconds(from), seconds(length), most,
                      hdr_encoded(histogram));
}

}  // namespace faultline::metrics
