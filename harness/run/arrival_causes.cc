#include "run/arrival_causes.h"

#include <algorithm>
#include <limits>

#include "load/once.h"

namespace faultline::run {
namespace {

// In the place of an arrival's number, which it is not.
constexpr std::uint64_t kOnce = std::numeric_limits<std::uint64_t>::max();

}  // namespace

ArrivalCauses::ArrivalCauses(const std::vector<load::Arrival>& plan, const scenario::Scenario& scenario)
    : scenario_(scenario) {
  std::map<std::string, std::uint64_t> in_phase;
  for (const load::Arrival& arrival : plan) {
    add(arrival, ++in_phase[arrival.phase]);
  }
  causes_.emplace(kOnce, fault::Cause{.key = kOnce, .name = "setup"});
  for (const load::Flow* flow : load::flows_of(scenario.load)) {
    for (const auto& journey : {flow->setup, flow->teardown}) {
      if (journey) {
        const load::Arrival once = load::arrival_of_once(*flow, *journey, scenario.seed);
        by_trace_.emplace(stream::trace_id(once.traceparent), kOnce);
      }
    }
  }
}

void ArrivalCauses::add(const load::Arrival& arrival, std::uint64_t in_phase) {
  const std::string* tenant = arrival.datum("tenant");
  causes_.emplace(arrival.number, fault::Cause{.key = arrival.number,
                                               .number = arrival.number,
                                               .in_phase = in_phase,
                                               .name = std::to_string(arrival.number),
                                               .phase = arrival.phase,
                                               .tenant = tenant ? *tenant : ""});
  by_trace_.emplace(stream::trace_id(arrival.traceparent), arrival.number);
  by_value_.add(arrival.number, arrival.traceparent);
  for (const auto& [name, value] : arrival.data) {
    by_value_.add(arrival.number, value);
  }
}

stream::Causes::Found ArrivalCauses::find(std::string_view dependency, const protocol::Request& request) {
  const std::lock_guard lock(mutex_);
  const auto traced = by_trace_.find(stream::trace_id(request.trace));
  const std::uint64_t by_header = traced == by_trace_.end() ? 0 : traced->second;
  const std::uint64_t by_value = by_value_.find(dependency, request);
  auto counts = known_.find(dependency);
  if (counts == known_.end()) {
    counts = known_.emplace(dependency, Known{}).first;
  }
  Known& known = counts->second;
  if (by_header != 0) {
    ++known.header;
    known.by_value_right += by_value == by_header ? 1 : 0;
    known.by_value_wrong += by_value != 0 && by_value != by_header ? 1 : 0;
    return {&causes_.at(by_header), fault::Known::header};
  }
  const bool background = is_background(dependency, request.operation.name);
  if (by_value != 0 && !background) {
    ++known.value;
    return {&causes_.at(by_value), fault::Known::value};
  }
  if (scenario_.once() && under_way_.size() == 1 && !background) {
    ++known.exclusion;
    return {&causes_.at(*under_way_.begin()), fault::Known::exclusion};
  }
  ++known.background;
  return {&stream::background(), fault::Known::background};
}

bool ArrivalCauses::is_background(std::string_view dependency, const std::string& operation) const {
  return std::any_of(
      scenario_.dependencies.begin(), scenario_.dependencies.end(), [&](const scenario::Dependency& each) {
        return each.name == dependency &&
               std::any_of(each.background.begin(), each.background.end(),
                           [&](const fault::Pattern& pattern) { return pattern.fits(operation); });
      });
}

void ArrivalCauses::shared(const std::string& value) {
  const std::lock_guard lock(mutex_);
  by_value_.share(value);
}

void ArrivalCauses::started(const load::Arrival& arrival) {
  const std::lock_guard lock(mutex_);
  if (load::iteration_of(arrival.number)) {
    add(arrival, 0);  // nothing counts those of users: how many there are depends on the service
  }
  under_way_.insert(arrival.number);
}

void ArrivalCauses::given(std::uint64_t arrival, const std::string& value) {
  const std::lock_guard lock(mutex_);
  by_value_.give(arrival, value);
}

void ArrivalCauses::settled(std::uint64_t arrival) {
  const std::lock_guard lock(mutex_);
  by_value_.settle(arrival);
  under_way_.erase(arrival);
}

std::map<std::string, ArrivalCauses::Known, std::less<>> ArrivalCauses::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

}  // namespace faultline::run
