#pragma once
// Metrics as a service exposes them, in Prometheus' text format 0.0.4
// (prometheus.io/docs/instrumenting/exposition_formats, "Text format details"), and the one question that is asked
// of them: the sum of the series that a selector names.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace faultline::steps {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// `name`, or `name{label="value",…}`: every series of that name that has these labels, whatever others it has.
struct Selector {
  std::string name;
  Labels labels;
};

/// Nothing when the text is no selector.
std::optional<Selector> parse_selector(std::string_view text);

/// The sum over the series that `selector` names; nothing when there is none. Lines that are no samples are skipped.
std::optional<double> sum_of(const Selector& selector, std::string_view exposition);

}  // namespace faultline::steps
