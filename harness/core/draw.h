#pragma once
// Randomness without state: every random quantity is a pure function of the seed, the name of its stream, and
// its index there. No generator is shared, so the order in which tasks run cannot change what they draw.
//
//   Draws draws(seed, "arrival", k);          // what belongs to arrival k
//   const double at = draws.exponential(mean);
//   const auto tenant = draws.below(8);

#include <cstdint>
#include <string>
#include <string_view>

namespace faultline {

using Seed = std::uint64_t;

/// 64 bits, uniform: Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011)
/// with (seed, XXH3 of the stream's name) as its key and (i, j, n) as its counter.
std::uint64_t draw(Seed seed, std::string_view stream, std::uint64_t i, std::uint64_t j = 0,
                   std::uint64_t n = 0);

/// A stream by the hash of its name, for who draws so often that the name is too much.
enum class StreamId : std::uint64_t {};

/// The draws (seed, stream, i, j, 0), (…, 1), (…, 2) in turn. A value: a copy continues independently.
class Draws {
 public:
  Draws(Seed seed, std::string_view stream, std::uint64_t i, std::uint64_t j = 0);
  Draws(Seed seed, StreamId stream, std::uint64_t i, std::uint64_t j = 0);

  std::uint64_t bits();
  /// Uniform in [0, 1), 53 bits.
  double unit();
  /// Uniform in [0, n), without bias. n must not be 0.
  std::uint64_t below(std::uint64_t n);
  /// Exponentially distributed with this mean.
  double exponential(double mean);
  /// Lower-case hexadecimal digits.
  std::string hex(std::size_t digits);

 private:
  std::uint64_t seed_, stream_, i_, j_, n_ = 0;
};

}  // namespace faultline
