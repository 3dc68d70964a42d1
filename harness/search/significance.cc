#include "search/significance.h"

#include <algorithm>
#include <cmath>

#include "core/assert.h"

namespace faultline::search {

namespace {

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

}  // namespace

double sign_test(std::uint64_t one_way, std::uint64_t other_way) {
  const std::uint64_t pairs = one_way + other_way;
  if (pairs == 0) {
    return 1;
  }
  const auto n = static_cast<double>(pairs);
  // Twice the smaller tail, from its largest term down: what follows one that is a trillionth of it adds nothing.
  const std::uint64_t fewer = std::min(one_way, other_way);
  const double largest = log_choose(n, static_cast<double>(fewer));
  double terms = 0;
  for (std::uint64_t k = fewer + 1; k-- > 0;) {
    const double term = std::exp(log_choose(n, static_cast<double>(k)) - largest);
    terms += term;
    if (term < 1e-12) {
      break;
    }
  }
  return std::min(1.0, 2 * terms * std::exp(largest - n * std::log(2.0)));
}

double fisher_test(std::uint64_t bad_a, std::uint64_t all_a, std::uint64_t bad_b, std::uint64_t all_b) {
  FAULTLINE_ASSERT(bad_a <= all_a && bad_b <= all_b, "the bad ones are among all");
  const std::uint64_t bad = bad_a + bad_b;
  const auto n = static_cast<double>(all_a + all_b), of_a = static_cast<double>(all_a),
             bads = static_cast<double>(bad);
  // That so many of the bad ones are a's: the hypergeometric distribution.
  const auto probability = [&](std::uint64_t k) {
    const auto of = static_cast<double>(k);
    return std::exp(log_choose(bads, of) + log_choose(n - bads, of_a - of) - log_choose(n, of_a));
  };
  constexpr double kAlike = 1 + 1e-7;  // what differs by no more than rounding is as probable
  const double seen = probability(bad_a) * kAlike;
  double sum = 0;
  for (std::uint64_t k = bad > all_b ? bad - all_b : 0; k <= std::min(bad, all_a); ++k) {
    const double each = probability(k);
    sum += each <= seen ? each : 0;
  }
  return std::min(1.0, sum);
}

std::optional<Interval> quantile_interval(const std::vector<double>& sorted, double quantile) {
  constexpr double kNormal = 3.2905;  // 99.9 % of a normal distribution is within so many deviations
  const auto n = static_cast<double>(sorted.size());
  const double deviation = kNormal * std::sqrt(n * quantile * (1 - quantile));
  const double low = std::floor(n * quantile - deviation);
  const double high = std::ceil(n * quantile + deviation);  // ranks from 0: one more than Conover's
  if (low < 0 || high >= n) {
    return std::nullopt;
  }
  return Interval{sorted[static_cast<std::size_t>(low)], sorted[static_cast<std::size_t>(high)]};
}

double quantile_of(const std::vector<double>& sorted, double quantile) {
  FAULTLINE_ASSERT(!sorted.empty(), "no quantile of nothing");
  const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(sorted.size()) * quantile));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace faultline::search
