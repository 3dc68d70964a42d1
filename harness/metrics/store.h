#pragma once
// The metrics of a load, as k6 has them: counters, rates, trends and gauges, each in as many series as there are
// combinations of its tags. Whoever records keeps the series at hand; whoever asks gets those that have certain tags,
// added up. Not for several threads: each has a store of its own, and they add up.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"
#include "metrics/trend.h"

namespace faultline::metrics {

enum class Kind { counter, gauge, rate, trend };
std::string_view to_text(Kind kind);

using Tags = std::map<std::string, std::string>;

struct Series {
  Kind kind = Kind::counter;
  double count = 0;            // of a counter
  double value = 0, most = 0;  // of a gauge: the last, and the highest
  std::uint64_t passed = 0;    // of a rate
  std::uint64_t samples = 0;   // of all but a trend, which counts its own
  Trend trend;

  void add(double amount = 1);      // counter
  void set(double level);           // gauge
  void pass(bool whether);          // rate
  void merge(const Series& other);  // of the same kind

  bool empty() const { return kind == Kind::trend ? trend.count() == 0 : samples == 0; }
};

/// A metric, and the tags that its series must have: "http_req_duration{phase:peak,name:create job}".
struct Selector {
  std::string metric;
  Tags tags{};
  bool operator==(const Selector&) const = default;
};
std::string to_text(const Selector& selector);
/// Nothing when the text is none.
std::optional<Selector> parse_selector(std::string_view text);

class Store {
 public:
  /// The series of these tags, which is made where it is missing. It stays where it is as long as the store lives.
  Series& series(Kind kind, const std::string& metric, const Tags& tags);

  /// The series that have these tags, added up; nothing where there is none.
  std::optional<Series> select(const Selector& selector) const;
  /// The values that a tag of a metric has, in their order.
  std::vector<std::string> values(const std::string& metric, const std::string& tag) const;
  std::vector<std::pair<std::string, Kind>> metrics() const;

  void merge(const Store& other);

 private:
  std::map<std::string, std::map<Tags, std::unique_ptr<Series>>> series_;  // by metric
};

}  // namespace faultline::metrics
