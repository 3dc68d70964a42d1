#include "load/plan.h"

#include "load/timetable.h"

namespace faultline::load {

std::vector<Arrival> plan(const std::vector<Load>& loads, const std::vector<Phase>& phases, Seed seed) {
  std::vector<Arrival> arrivals;
  const std::vector<Due> due = timetable(loads, phases, seed);
  arrivals.reserve(due.size());
  for (std::size_t place = 0; place < due.size(); ++place) {
    arrivals.push_back(arrival_at(place, due[place], loads, phases, seed));
  }
  return arrivals;
}

}  // namespace faultline::load
