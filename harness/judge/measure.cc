#include "judge/measure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/assert.h"

namespace faultline::judge {
namespace {

using scenario::Aggregate;
using scenario::Expression;
using scenario::Metric;

constexpr double kMedian = 50;

double share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

// The share of requests of which this is so.
template <typename Predicate>
Measured share_of(const Requests& requests, const Predicate& is_so) {
  Measured measured;
  measured.samples = requests.size();
  if (measured.samples > 0) {
    measured.value = share(static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), is_so)),
                           measured.samples);
  }
  return measured;
}

double duration_value(const Expression& expression, const std::vector<Duration>& sorted) {
  switch (expression.aggregate) {
    case Aggregate::avg:
      return seconds(std::accumulate(sorted.begin(), sorted.end(), Duration::zero())) /
             static_cast<double>(sorted.size());
    case Aggregate::min:
      return seconds(sorted.front());
    case Aggregate::med:
      return seconds(percentile_of(sorted, kMedian));
    case Aggregate::max:
      return seconds(sorted.back());
    case Aggregate::percentile:
      return seconds(percentile_of(sorted, expression.percentile));
    case Aggregate::rate:
    case Aggregate::count:
    case Aggregate::ratio:
      break;
  }
  FAULTLINE_ASSERT(false, "the parser lets no such aggregate of a duration through");
}

}  // namespace

Duration percentile_of(const std::vector<Duration>& sorted, double percentile) {
  FAULTLINE_ASSERT(!sorted.empty(), "no value has a rank");
  // 99.9 % of 1000 is a little more than 999 in binary: without this, its rank would be 1000.
  constexpr double kRounding = 1e-9;
  const double count = static_cast<double>(sorted.size());
  const double rank = std::clamp(std::ceil(percentile * count / 100 - kRounding), 1.0, count);
  return sorted[static_cast<std::size_t>(rank) - 1];
}

std::vector<Duration> latencies_of(const Requests& requests) {
  std::vector<Duration> latencies;
  for (const Request* request : requests) {
    if (request->latency) {
      latencies.push_back(*request->latency);
    }
  }
  std::sort(latencies.begin(), latencies.end());
  return latencies;
}

Measured measure(const Expression& expression, const Requests& requests, Duration length) {
  Measured measured;
  switch (expression.metric) {
    case Metric::http_req_duration: {
      const std::vector<Duration> latencies = latencies_of(requests);
      measured.samples = latencies.size();
      if (measured.samples > 0) {
        measured.value = duration_value(expression, latencies);
      }
      return measured;
    }
    case Metric::http_req_failed:
      return share_of(requests, [](const Request* each) { return each->error(); });
    case Metric::http_req_unknown:
      return share_of(requests, [](const Request* each) { return each->unknown; });
    case Metric::http_reqs: {
      measured.samples = requests.size();
      if (measured.samples > 0) {
        const auto count = static_cast<double>(measured.samples);
        measured.value = expression.aggregate == Aggregate::count ? count : count / seconds(length);
      }
      return measured;
    }
    case Metric::checks: {
      std::size_t passed = 0;
      for (const Request* request : requests) {
        passed += request->checks_passed;
        measured.samples += request->checks_passed + request->checks_failed;
      }
      if (measured.samples > 0) {
        measured.value = share(passed, measured.samples);
      }
      return measured;
    }
    case Metric::calls_per_arrival:
      break;  // not of requests
  }
  FAULTLINE_ASSERT(false, "a metric that cannot be measured");
}

Measured measure(const Expression& expression, const scenario::Phase& phase, const Evidence& evidence) {
  if (expression.metric == Metric::calls_per_arrival) {
    return {calls_per_arrival(expression.dependency, phase.name, evidence), 0};
  }
  Requests requests;
  for (const Request& request : evidence.requests) {
    if (request.phase == phase.name) {
      requests.push_back(&request);
    }
  }
  Measured measured = measure(expression, requests, phase.length);
  measured.asked = requests.size();
  return measured;
}

std::optional<double> calls_per_arrival(const std::string& dependency, const std::string& phase,
                                        const Evidence& evidence) {
  std::optional<std::uint64_t> before, after;
  for (const CallsAtEdge& edge : evidence.calls) {
    const auto calls = edge.calls.find(dependency);
    if (edge.phase == phase && calls != edge.calls.end()) {
      (edge.begins ? before : after) = calls->second;
    }
  }
  const auto arrivals = std::count_if(evidence.arrivals.begin(), evidence.arrivals.end(),
                                      [&](const Arrival& each) { return each.phase == phase && !each.shed; });
  if (!before || !after || arrivals == 0) {
    return std::nullopt;
  }
  return static_cast<double>(*after - *before) / static_cast<double>(arrivals);
}

}  // namespace faultline::judge
