#include <fmt/format.h>

#include "core/units.h"
#include "steps/condition.h"
#include "steps/exposition.h"
#include "steps/probe_kinds.h"

namespace faultline::steps {
namespace {

Request metrics() {
  Request request;
  request.method = "GET";
  request.target = "/metrics";
  return request;
}

class MetricProbe final : public Probe {
 public:
  enum class Of { value, rate };

  MetricProbe(std::string written, Selector selector, Of of, Comparison comparison)
      : written_(std::move(written)), selector_(std::move(selector)), of_(of), comparison_(comparison) {}

  Sighting look(World& world, Watch& watch) const override {
    const Answer answer = world.http(metrics(), kLookLimit);
    const Instant now = world.now();
    if (!answer.ok) {
      return {false, "GET /metrics: " +
                         (answer.status ? fmt::format("HTTP {}", *answer.status) : excerpt(answer.text))};
    }
    const auto value = sum_of(selector_, answer.text);
    if (!value) {
      return {false, "/metrics has no series " + written_};
    }
    return of_ == Of::value ? Sighting{comparison_.holds(*value), fmt::format("{}", *value)}
                            : rate(*value, now, watch);
  }

  std::string describe() const override {
    return fmt::format("{} {} {}", written_, of_ == Of::value ? "is" : "rate", to_text(comparison_));
  }
  Duration shortest() const override { return of_ == Of::value ? Duration::zero() : kShortestRate; }

 private:
  Sighting rate(double value, Instant now, Watch& watch) const {
    if (!watch.first_value || value < watch.last_value) {
      watch.first_value = value;
      watch.first_at = now;
    }
    watch.last_value = value;
    const Duration over = now - watch.first_at;
    if (over < kShortestRate) {
      return {false, fmt::format("watched for {}: too short for a rate", to_display(over))};
    }
    const double a_second = (value - *watch.first_value) / seconds(over);
    return {comparison_.holds(a_second), fmt::format("{:.3g}/s", a_second)};
  }

  const std::string written_;
  const Selector selector_;
  const Of of_;
  const Comparison comparison_;
};

}  // namespace

std::unique_ptr<Probe> read_metric_probe(Table& table) {
  auto written = table.text("metric");
  auto selector = written ? parse_selector(*written) : std::nullopt;
  if (written && !selector) {
    table.problem("metric", fmt::format("'{}' is not a metric: name, or name{{label=\"value\"}}", *written));
  }
  const auto is = read_comparison(table, "is");
  const auto rate = read_comparison(table, "rate");
  if (table.has("is") == table.has("rate")) {
    table.problem("metric", "a metric is compared with one of 'is' and 'rate'");
    return nullptr;
  }
  if (!selector || (!is && !rate)) {
    return nullptr;
  }
  return std::make_unique<MetricProbe>(std::move(*written), std::move(*selector),
                                       is ? MetricProbe::Of::value : MetricProbe::Of::rate, is ? *is : *rate);
}

}  // namespace faultline::steps
