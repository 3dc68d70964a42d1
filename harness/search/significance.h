#pragma once
// What two runs of the same arrivals, or two samples, allow one to say, by tests that assume nothing of how latencies are distributed.

#include <cstdint>
#include <optional>
#include <vector>

namespace faultline::search {

/// The exact sign test, of both sides: how probable it is that of so many pairs that differ at least as many go one way
/// when neither way is the likelier. For failures it is McNemar's exact test. 1 when no pair differs.
double sign_test(std::uint64_t one_way, std::uint64_t other_way);

/// Fisher's exact test, of both sides: of two samples that have so many bad ones among all, how probable it is that as many
/// bad ones fall on them at least as unevenly by chance. 1 where one is empty.
double fisher_test(std::uint64_t bad_a, std::uint64_t all_a, std::uint64_t bad_b, std::uint64_t all_b);

struct Interval {
  double low = 0, high = 0;
};

/// Where the quantile (0 to 1) of what these are a sample of lies, with a confidence of 99.9 %: between two order
/// statistics, their ranks by the normal approximation of the binomial distribution (Conover, "Practical Nonparametric
/// Statistics", 3.2). `sorted` ascends. Nothing when there are too few to tell.
std::optional<Interval> quantile_interval(const std::vector<double>& sorted, double quantile);

/// At the nearest rank. `sorted` ascends and is not empty.
double quantile_of(const std::vector<double>& sorted, double quantile);

}  // namespace faultline::search
