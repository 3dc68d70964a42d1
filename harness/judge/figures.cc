// Each phase in numbers.

#include <algorithm>

#include "judge/judgements.h"
#include "judge/measure.h"

namespace faultline::judge {

void add_figures(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result) {
  for (const scenario::Phase& phase : scenario.phases) {
    result::PhaseFigures figures{.name = phase.name, .length = seconds(phase.length)};
    Requests requests;
    for (const Request& request : evidence.requests) {
      if (request.phase == phase.name) {
        requests.push_back(&request);
        figures.errors += request.error() ? 1 : 0;
      }
    }
    figures.requests = requests.size();
    figures.arrivals = static_cast<std::uint64_t>(
        std::count_if(evidence.arrivals.begin(), evidence.arrivals.end(),
                      [&](const Arrival& each) { return each.phase == phase.name && !each.shed; }));
    if (const auto latencies = latencies_of(requests); !latencies.empty()) {
      figures.p50 = percentile_of(latencies, 50);
      figures.p95 = percentile_of(latencies, 95);
      figures.p99 = percentile_of(latencies, 99);
    }
    for (const scenario::Dependency& dependency : scenario.dependencies) {
      if (const auto calls = calls_per_arrival(dependency.name, phase.name, evidence)) {
        figures.calls_per_arrival[dependency.name] = *calls;
      }
    }
    result.phases.push_back(std::move(figures));
  }
  result.causes = evidence.causes;
}

}  // namespace faultline::judge
