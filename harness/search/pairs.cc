#include "search/pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

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

// The share of bad ones, of all that this side has.
std::optional<double> share_of(const Sample& sample, const std::string& phase, Bad bad) {
  std::uint64_t all = 0, bads = 0;
  for (const auto& [k, arrival] : sample.arrivals) {
    if (const auto is_bad = bad(arrival); is_bad && arrival.phase == phase) {
      ++all;
      bads += *is_bad ? 1 : 0;
    }
  }
  return all == 0 ? std::nullopt : std::optional(static_cast<double>(bads) / static_cast<double>(all));
}

std::optional<Row> share_row(Row::Of of, Bad bad, const std::string& phase, const Sample& a,
                             const Sample& again, const Sample& b) {
  const auto in_a = share_of(a, phase, bad), in_again = share_of(again, phase, bad),
             in_b = share_of(b, phase, bad);
  if (!in_a || !in_again || !in_b) {
    return std::nullopt;
  }
  Row row{.of = of, .phase = phase, .a = *in_a, .b = *in_b, .again = *in_again};
  if (of == Row::Of::runs_completed) {
    row.a = 1 - row.a;
    row.b = 1 - row.b;
    row.again = 1 - row.again;
  }
  row.spread = spread_of(row.a, row.again, kLeastShare);
  for (const auto& [k, of_a] : a.arrivals) {
    const auto found = b.arrivals.find(k);
    if (of_a.phase != phase || found == b.arrivals.end()) {
      continue;
    }
    const auto bad_a = bad(of_a), bad_b = bad(found->second);
    if (bad_a && bad_b) {
      ++row.pairs;
      row.a_worse += *bad_a && !*bad_b ? 1 : 0;
      row.b_worse += *bad_b && !*bad_a ? 1 : 0;
    }
  }
  row.change = judged(row, signs_differ(row));
  return row;
}

// The latencies of requests that both sides answered, each side's by itself.
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

void add_latency_rows(const std::string& phase, const Sample& a, const Sample& again, const Sample& b,
                      std::vector<Row>& rows) {
  const Latencies pairs = paired(a, b, phase), with_itself = paired(a, again, phase);
  if (pairs.a.empty() || with_itself.a.empty()) {
    return;
  }
  const auto add = [&](Row::Of of, double quantile, bool significant) {
    Row row{.of = of,
            .phase = phase,
            .a = quantile_of(pairs.a, quantile),
            .b = quantile_of(pairs.b, quantile),
            .again = quantile_of(with_itself.b, quantile),
            .pairs = pairs.a.size(),
            .a_worse = pairs.a_slower,
            .b_worse = pairs.b_slower};
    const double self = quantile_of(with_itself.a, quantile);
    row.spread =
        std::max(kSpreads * std::abs(self - row.again), std::max(kLeastLatency, kLeastOfLatency * row.a));
    row.change = judged(row, significant);
    rows.push_back(std::move(row));
  };
  constexpr double kMedian = 0.5, kHigh = 0.95;
  add(Row::Of::median, kMedian, sign_test(pairs.a_slower, pairs.b_slower) < kSignificant);
  const auto high_a = quantile_interval(pairs.a, kHigh), high_b = quantile_interval(pairs.b, kHigh);
  if (high_a && high_b) {
    add(Row::Of::p95, kHigh, high_a->high < high_b->low || high_b->high < high_a->low);
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
