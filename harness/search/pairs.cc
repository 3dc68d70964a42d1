#include "search/pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "load/arrival.h"
#include "search/significance.h"

namespace faultline::search {
namespace {

using nlohmann::ordered_json;

constexpr double kSignificant = 0.001;
// One A/A run tells little of how far apart two runs of the same can be: twice as far is still nothing.
constexpr double kSpreads = 2;
// Below these nobody would act on a difference.
constexpr double kLeastShare = 0.005;    // half a point
constexpr double kLeastLatency = 0.002;  // seconds
constexpr double kLeastOfLatency = 0.1;  // of what it is
constexpr double kLeastRecovery = 1;     // seconds: the window by which recovery is told

double spread_of(double a, double again, double least) {
  return std::max(kSpreads * std::abs(a - again), least);
}

// The lower the better, all of them but completed runs, which are counted as those that did not.
Change judged(const Row& row, bool significant) {
  if (!significant || std::abs(row.b - row.a) <= row.spread) {
    return Change::same;
  }
  const bool lower = row.b < row.a;
  return lower == (row.of != Row::Of::runs_completed) ? Change::better : Change::worse;
}

bool signs_differ(const Row& row) {
  return sign_test(row.a_worse, row.b_worse) < kSignificant;
}

// What is bad of an arrival in a phase; nothing where it says nothing.
using Bad = std::optional<bool> (*)(const Sample::Arrival& arrival);

std::optional<bool> failed(const Sample::Arrival& arrival) {
  return arrival.failed;
}
std::optional<bool> not_completed(const Sample::Arrival& arrival) {
  return arrival.completed ? std::optional(!*arrival.completed) : std::nullopt;
}

// The bad ones, of all that this side has.
struct Share {
  std::uint64_t all = 0, bad = 0;
  double value() const { return static_cast<double>(bad) / static_cast<double>(all); }
};
Share share_of(const Sample& sample, const std::string& phase, Bad bad) {
  Share share;
  for (const auto& [k, arrival] : sample.arrivals) {
    if (const auto is_bad = bad(arrival); is_bad && arrival.phase == phase) {
      ++share.all;
      share.bad += *is_bad ? 1 : 0;
    }
  }
  return share;
}

bool has_pairs(const Sample& a, const Sample& again, const Sample& b) {
  const auto of_a_user = [](const auto& arrival) { return load::iteration_of(arrival.first).has_value(); };
  return std::none_of(a.arrivals.begin(), a.arrivals.end(), of_a_user) &&
         std::none_of(again.arrivals.begin(), again.arrivals.end(), of_a_user) &&
         std::none_of(b.arrivals.begin(), b.arrivals.end(), of_a_user);
}

void count_pairs(Row& row, Bad bad, const Sample& a, const Sample& b) {
  for (const auto& [k, of_a] : a.arrivals) {
    const auto found = b.arrivals.find(k);
    if (of_a.phase != row.phase || found == b.arrivals.end()) {
      continue;
    }
    const auto bad_a = bad(of_a), bad_b = bad(found->second);
    if (bad_a && bad_b) {
      ++row.pairs;
      row.a_worse += *bad_a && !*bad_b ? 1 : 0;
      row.b_worse += *bad_b && !*bad_a ? 1 : 0;
    }
  }
}

std::optional<Row> share_row(Row::Of of, Bad bad, const std::string& phase, const Sample& a,
                             const Sample& again, const Sample& b) {
  const Share in_a = share_of(a, phase, bad), in_again = share_of(again, phase, bad),
              in_b = share_of(b, phase, bad);
  if (in_a.all == 0 || in_again.all == 0 || in_b.all == 0) {
    return std::nullopt;
  }
  Row row{.of = of, .phase = phase, .a = in_a.value(), .b = in_b.value(), .again = in_again.value()};
  if (of == Row::Of::runs_completed) {
    row.a = 1 - row.a;
    row.b = 1 - row.b;
    row.again = 1 - row.again;
  }
  row.spread = spread_of(row.a, row.again, kLeastShare);
  if (has_pairs(a, again, b)) {
    count_pairs(row, bad, a, b);
    row.change = judged(row, signs_differ(row));
  } else {
    row.samples_a = in_a.all;
    row.samples_b = in_b.all;
    row.change = judged(row, fisher_test(in_a.bad, in_a.all, in_b.bad, in_b.all) < kSignificant);
  }
  return row;
}

// The latencies of both sides, each side's by itself and ascending: of requests that both answered, or, where there are no
// pairs, of all that each answered.
struct Latencies {
  std::vector<double> a, b;
  std::uint64_t a_slower = 0, b_slower = 0;
};
Latencies paired(const Sample& a, const Sample& b, const std::string& phase) {
  Latencies latencies;
  for (const auto& [key, of_a] : a.answered) {
    const auto found = b.answered.find(key);
    if (of_a.phase == phase && found != b.answered.end()) {
      latencies.a.push_back(of_a.latency);
      latencies.b.push_back(found->second.latency);
      latencies.a_slower += of_a.latency > found->second.latency ? 1 : 0;
      latencies.b_slower += found->second.latency > of_a.latency ? 1 : 0;
    }
  }
  std::sort(latencies.a.begin(), latencies.a.end());
  std::sort(latencies.b.begin(), latencies.b.end());
  return latencies;
}

std::vector<double> answered_in(const Sample& sample, const std::string& phase) {
  std::vector<double> latencies;
  for (const auto& [key, request] : sample.answered) {
    if (request.phase == phase) {
      latencies.push_back(request.latency);
    }
  }
  std::sort(latencies.begin(), latencies.end());
  return latencies;
}

void add_latency_rows(const std::string& phase, const Sample& a, const Sample& again, const Sample& b,
                      std::vector<Row>& rows) {
  const bool pairs = has_pairs(a, again, b);
  const auto latencies = [&](const Sample& one, const Sample& other) {
    return pairs ? paired(one, other, phase)
                 : Latencies{.a = answered_in(one, phase), .b = answered_in(other, phase)};
  };
  const Latencies with_b = latencies(a, b), with_itself = latencies(a, again);
  if (with_b.a.empty() || with_b.b.empty() || with_itself.a.empty() || with_itself.b.empty()) {
    return;
  }
  const auto add = [&](Row::Of of, double quantile, bool significant) {
    Row row{.of = of,
            .phase = phase,
            .a = quantile_of(with_b.a, quantile),
            .b = quantile_of(with_b.b, quantile),
            .again = quantile_of(with_itself.b, quantile),
            .pairs = pairs ? with_b.a.size() : 0,
            .a_worse = with_b.a_slower,
            .b_worse = with_b.b_slower,
            .samples_a = pairs ? 0 : with_b.a.size(),
            .samples_b = pairs ? 0 : with_b.b.size()};
    const double self = quantile_of(with_itself.a, quantile);
    row.spread =
        std::max(kSpreads * std::abs(self - row.again), std::max(kLeastLatency, kLeastOfLatency * row.a));
    row.change = judged(row, significant);
    rows.push_back(std::move(row));
  };
  // Whether the intervals in which a quantile lies do not meet; nothing where too few tell.
  const auto apart = [&](double quantile) {
    const auto in_a = quantile_interval(with_b.a, quantile), in_b = quantile_interval(with_b.b, quantile);
    return in_a && in_b ? std::optional(in_a->high < in_b->low || in_b->high < in_a->low) : std::nullopt;
  };
  constexpr double kMedian = 0.5, kHigh = 0.95;
  add(Row::Of::median, kMedian,
      pairs ? sign_test(with_b.a_slower, with_b.b_slower) < kSignificant : apart(kMedian).value_or(false));
  if (const auto high = apart(kHigh)) {
    add(Row::Of::p95, kHigh, *high);
  }
}

}  // namespace

Sample read_sample(const JournalRecords& journal) {
  Sample sample;
  std::vector<std::uint64_t> failed;
  std::map<std::uint64_t, bool> completed;
  for (const ordered_json& record : journal) {
    const std::string kind = record.value("kind", "");
    if (kind == "arrival" && !record.value("shed", false)) {
      sample.arrivals[record.at("k").get<std::uint64_t>()].phase = record.at("phase").get<std::string>();
    } else if (kind == "request") {
      const auto k = record.at("k").get<std::uint64_t>();
      const bool answered = record.contains("latency");
      if (!answered || !record.at("expected").get<bool>()) {
        failed.push_back(k);
      }
      if (answered) {
        sample.answered[{k, record.at("route").get<std::string>(),
                         record.at("attempt").get<std::uint64_t>()}] = {record.at("phase").get<std::string>(),
                                                                        record.at("latency").get<double>()};
      }
    } else if (kind == "observation" && record.value("of", "") == "run") {
      completed[record.at("k").get<std::uint64_t>()] = record.at("status").get<std::string>() == "completed";
    }
  }
  for (auto& [k, arrival] : sample.arrivals) {
    if (const auto run = completed.find(k); run != completed.end()) {
      arrival.completed = run->second;
    }
  }
  for (const std::uint64_t k : failed) {
    if (const auto arrival = sample.arrivals.find(k); arrival != sample.arrivals.end()) {
      arrival->second.failed = true;
    }
  }
  return sample;
}

std::string to_text(Change change) {
  switch (change) {
    case Change::better:
      return "better";
    case Change::same:
      return "same";
    case Change::worse:
      return "worse";
  }
  return {};
}

std::string to_text(Row::Of of) {
  switch (of) {
    case Row::Of::arrivals_failed:
      return "arrivals failed";
    case Row::Of::runs_completed:
      return "runs completed";
    case Row::Of::median:
      return "median latency";
    case Row::Of::p95:
      return "p95 latency";
    case Row::Of::recovery:
      return "recovery";
  }
  return {};
}

std::string name_of(const Row& row) {
  return fmt::format("{} in {}", to_text(row.of), row.phase);
}

std::vector<Row> compare_pairs(const Sample& a, const Sample& again, const Sample& b,
                               const std::vector<std::string>& phases) {
  std::vector<Row> rows;
  for (const std::string& phase : phases) {
    if (auto row = share_row(Row::Of::arrivals_failed, &failed, phase, a, again, b)) {
      rows.push_back(std::move(*row));
    }
    if (auto row = share_row(Row::Of::runs_completed, &not_completed, phase, a, again, b)) {
      rows.push_back(std::move(*row));
    }
    add_latency_rows(phase, a, again, b, rows);
  }
  return rows;
}

Row compare_recovery(double a, double again, double b) {
  Row row{.of = Row::Of::recovery, .phase = "run", .a = a, .b = b, .again = again};
  row.spread = spread_of(a, again, kLeastRecovery);
  row.change = judged(row, true);
  return row;
}

}  // namespace faultline::search
