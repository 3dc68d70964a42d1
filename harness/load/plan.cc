#include "load/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/assert.h"

namespace faultline::load {
namespace {

constexpr std::string_view kStream = "arrival";

Duration due(const Load& load, std::uint64_t i) {
  return from_seconds(static_cast<double>(i) / load.rate.per_second);
}

const Journey& choose(const Flow& flow, Draws& draws) {
  const auto add = [](std::uint64_t sum, const Journey& journey) { return sum + journey.weight; };
  std::uint64_t left =
      draws.below(std::accumulate(flow.journeys.begin(), flow.journeys.end(), std::uint64_t{0}, add));
  for (const Journey& journey : flow.journeys) {
    if (left < journey.weight) {
      return journey;
    }
    left -= journey.weight;
  }
  FAULTLINE_ASSERT(false, "a draw below the sum of the weights fell beyond it");
}

std::string pick(const Pick& from, Draws draws) {
  if (from.skew == 0) {
    return from.of[draws.below(from.of.size())];
  }
  std::vector<double> up_to;  // the sum of the weights so far
  double sum = 0;
  for (std::size_t n = 1; n <= from.of.size(); ++n) {
    up_to.push_back(sum += std::pow(static_cast<double>(n), -from.skew));
  }
  const auto chosen = std::upper_bound(up_to.begin(), up_to.end() - 1, draws.unit() * sum);
  return from.of[static_cast<std::size_t>(chosen - up_to.begin())];
}

std::string integer(const Integer& range, Draws draws) {
  const auto span = static_cast<std::uint64_t>(range.most - range.least) + 1;
  return std::to_string(range.least + static_cast<std::int64_t>(draws.below(span)));
}

std::string text(const Text& text, const Arrival& arrival) {
  const std::string number = std::to_string(arrival.number);
  const auto expanded = expand(text.text, Encoding::plain, [&](const std::string& name) {
    const std::string* datum = arrival.datum(name);
    return datum ? datum : &number;  // the flow's reader allows no other name here
  });
  return *expanded;
}

std::string draw_datum(const Generator& generator, Draws draws, const Arrival& arrival) {
  struct Draw {
    Draws draws;
    const Arrival& arrival;
    std::string operator()(const Hex& hex) { return draws.hex(hex.digits); }
    std::string operator()(const Pick& from) { return pick(from, draws); }
    std::string operator()(const Integer& range) { return integer(range, draws); }
    std::string operator()(const Text& made) { return text(made, arrival); }
  };
  return std::visit(Draw{draws, arrival}, generator.kind);
}

// Makes this journey, or one that is drawn.
void draw_arrival(const Flow& flow, const Journey* journey, Seed seed, Arrival& arrival) {
  Draws draws(seed, kStream, arrival.number);
  arrival.flow = flow.name;
  const Journey& drawn = choose(flow, draws);
  arrival.journey = journey ? journey->name : drawn.name;
  arrival.traceparent = fmt::format("00-{}-{}-01", draws.hex(32), draws.hex(16));
  for (std::size_t n = 0; n < flow.data.size(); ++n) {
    const Generator& generator = flow.data[n];
    arrival.data.emplace_back(generator.name,
                              draw_datum(generator, Draws(seed, kStream, arrival.number, n + 1), arrival));
  }
}

}  // namespace

const std::string* Arrival::datum(const std::string& name) const {
  const auto found = std::find_if(data.begin(), data.end(), [&](const auto& d) { return d.first == name; });
  return found == data.end() ? nullptr : &found->second;
}

std::vector<Arrival> plan(const std::vector<Load>& loads, const std::vector<Phase>& phases, Seed seed) {
  std::vector<Arrival> arrivals;
  std::vector<std::uint64_t> made(loads.size(), 0);  // of each load
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (!loads[i].once) {
      open.push_back(i);
      continue;
    }
    for (const Journey& journey : loads[i].flow.journeys) {
      Arrival arrival;
      arrival.number = arrivals.size() + 1;
      arrival.after = arrivals.size();
      arrival.phase = phases.front().name;
      draw_arrival(loads[i].flow, &journey, seed, arrival);
      arrivals.push_back(std::move(arrival));
    }
  }
  Duration end{};
  for (const Phase& phase : phases) {
    end += phase.length;
    for (;;) {
      // The load whose arrival comes first; of equals the first.
      const auto first = std::min_element(open.begin(), open.end(), [&](std::size_t a, std::size_t b) {
        return due(loads[a], made[a]) < due(loads[b], made[b]);
      });
      if (first == open.end() || due(loads[*first], made[*first]) >= end) {
        break;
      }
      const std::size_t next = *first;
      Arrival arrival;
      arrival.number = arrivals.size() + 1;
      arrival.at = due(loads[next], made[next]++);
      arrival.phase = phase.name;
      draw_arrival(loads[next].flow, nullptr, seed, arrival);
      arrivals.push_back(std::move(arrival));
    }
  }
  return arrivals;
}

}  // namespace faultline::load
