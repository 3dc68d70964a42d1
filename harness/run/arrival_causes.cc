#include "run/arrival_causes.h"

namespace faultline::run {

ArrivalCauses::ArrivalCauses(const std::vector<load::Arrival>& plan) {
  std::map<std::string, std::uint64_t> in_phase;
  for (const load::Arrival& arrival : plan) {
    const std::string* tenant = arrival.datum("tenant");
    by_trace_.emplace(stream::trace_id(arrival.traceparent),
                      fault::Cause{.key = arrival.number,
                                   .number = arrival.number,
                                   .in_phase = ++in_phase[arrival.phase],
                                   .name = std::to_string(arrival.number),
                                   .phase = arrival.phase,
                                   .tenant = tenant ? *tenant : ""});
  }
}

stream::Causes::Found ArrivalCauses::find(const protocol::Request& request) {
  const auto found = by_trace_.find(stream::trace_id(request.trace));
  if (found == by_trace_.end()) {
    return {&stream::background(), fault::Known::background};
  }
  return {&found->second, fault::Known::header};
}

}  // namespace faultline::run
