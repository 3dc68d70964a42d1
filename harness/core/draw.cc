#include "core/draw.h"

#include <xxhash.h>

#include <cmath>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

#include "core/assert.h"

namespace faultline {
namespace {

std::uint64_t key_of(std::string_view stream) {
  return XXH3_64bits(stream.data(), stream.size());
}

std::uint64_t philox(std::uint64_t seed, std::uint64_t stream, std::uint64_t i, std::uint64_t j,
                     std::uint64_t n) {
  const r123::Philox4x64::ctr_type counter{{i, j, n, 0}};
  const r123::Philox4x64::key_type key{{seed, stream}};
  return r123::Philox4x64{}(counter, key)[0];
}

}  // namespace

std::uint64_t draw(Seed seed, std::string_view stream, std::uint64_t i, std::uint64_t j, std::uint64_t n) {
  return philox(seed, key_of(stream), i, j, n);
}

Draws::Draws(Seed seed, std::string_view stream, std::uint64_t i, std::uint64_t j)
    : Draws(seed, StreamId{key_of(stream)}, i, j) {}

Draws::Draws(Seed seed, StreamId stream, std::uint64_t i, std::uint64_t j)
    : seed_(seed), stream_(static_cast<std::uint64_t>(stream)), i_(i), j_(j) {}

std::uint64_t Draws::bits() {
  return philox(seed_, stream_, i_, j_, n_++);
}

double Draws::unit() {
  return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

std::uint64_t Draws::below(std::uint64_t n) {
  FAULTLINE_ASSERT(n != 0, "nothing to choose from");
  const std::uint64_t biased = (0 - n) % n;  // 2^64 mod n: values below it would appear once too often
  std::uint64_t value = bits();
  while (value < biased) {
    value = bits();
  }
  return value % n;
}

double Draws::exponential(double mean) {
  return -mean * std::log1p(-unit());
}

std::string Draws::hex(std::size_t digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(digits, '0');
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (i % 16 == 0) {
      word = bits();
    }
    text[i] = kDigits[word & 15];
    word >>= 4;
  }
  return text;
}

}  // namespace faultline
