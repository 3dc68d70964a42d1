#include "run/arrival_causes.h"

namespace faultline::run {

ArrivalCauses::ArrivalCauses(const std::vector<load::Arrival>& plan) {
  std::map<std::string, std::uint64_t> in_phase;
  for (const load::Arrival& arrival : plan) {
    const std::string* tenant = arrival.datum("tenant");
    causes_.emplace(arrival.number, fault::Cause{.key = arrival.number,
                                                 .number = arrival.number,
                                                 .in_phase = ++in_phase[arrival.phase],
                                                 .name = std::to_string(arrival.number),
                                                 .phase = arrival.phase,
                                                 .tenant = tenant ? *tenant : ""});
    by_trace_.emplace(stream::trace_id(arrival.traceparent), arrival.number);
    by_value_.add(arrival.number, arrival.traceparent);
    for (const auto& [name, value] : arrival.data) {
      by_value_.add(arrival.number, value);
    }
  }
}

stream::Causes::Found ArrivalCauses::find(std::string_view dependency, const protocol::Request& request) {
  const auto traced = by_trace_.find(stream::trace_id(request.trace));
  const std::uint64_t by_header = traced == by_trace_.end() ? 0 : traced->second;
  const std::lock_guard lock(mutex_);
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
  if (by_value != 0) {
    ++known.value;
    return {&causes_.at(by_value), fault::Known::value};
  }
  ++known.background;
  return {&stream::background(), fault::Known::background};
}

void ArrivalCauses::given(std::uint64_t arrival, const std::string& value) {
  const std::lock_guard lock(mutex_);
  by_value_.give(arrival, value);
}

void ArrivalCauses::settled(std::uint64_t arrival) {
  const std::lock_guard lock(mutex_);
  by_value_.settle(arrival);
}

std::map<std::string, ArrivalCauses::Known, std::less<>> ArrivalCauses::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

}  // namespace faultline::run
