#include "load/arrival.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/assert.h"

namespace faultline::load {
namespace {

// Of one user's journey, the numbers from here on are the next journey's. No flow has so many data.
constexpr std::uint64_t kNumbersOfAJourney = 1024;
// Before the numbers of the next user come. Those of nine million users are below 2^53: JSON readers keep them.
constexpr std::uint64_t kNumbersOfAUser = 1'000'000'000;

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
  if (from.up_to.empty()) {
    return from.of[draws.below(from.of.size())];
  }
  const auto chosen =
      std::upper_bound(from.up_to.begin(), from.up_to.end() - 1, draws.unit() * from.up_to.back());
  return from.of[static_cast<std::size_t>(chosen - from.up_to.begin())];
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
    std::string operator()(const Column& of) {
      return of.records->rows[draws.below(of.records->rows.size())][of.column];
    }
  };
  return std::visit(Draw{draws, arrival}, generator.kind);
}

}  // namespace

const std::string* Arrival::datum(const std::string& name) const {
  const auto found = std::find_if(data.begin(), data.end(), [&](const auto& d) { return d.first == name; });
  return found == data.end() ? nullptr : &found->second;
}

std::uint64_t number_of(Iteration iteration) {
  FAULTLINE_ASSERT(iteration.user > 0 && iteration.number < kNumbersOfAUser,
                   "a user makes fewer journeys than there are numbers for");
  return iteration.user * kNumbersOfAUser + iteration.number;
}

std::optional<Iteration> iteration_of(std::uint64_t number) {
  return number < kNumbersOfAUser
             ? std::nullopt
             : std::optional(Iteration{number / kNumbersOfAUser, number % kNumbersOfAUser});
}

std::string number_text(std::uint64_t number) {
  const auto iteration = iteration_of(number);
  return iteration ? fmt::format("user {}.{}", iteration->user, iteration->number) : std::to_string(number);
}

std::string arrival_text(std::uint64_t number) {
  return (iteration_of(number) ? "" : "arrival ") + number_text(number);
}

Origin of_arrival(std::uint64_t number) {
  return {"arrival", number, 0};
}

Origin of_user(std::uint64_t user, std::uint64_t iteration) {
  return {"user", user, iteration * kNumbersOfAJourney};
}

void draw_into(Arrival& arrival, const Flow& flow, const Journey* journey, Seed seed, Origin origin) {
  FAULTLINE_ASSERT(flow.data.size() + 1 < kNumbersOfAJourney,
                   "a flow has no more data than its reader lets it");
  Draws draws(seed, origin.stream, origin.i, origin.j);
  arrival.flow = flow.name;
  const Journey& drawn = choose(flow, draws);
  arrival.journey = journey ? journey->name : drawn.name;
  arrival.traceparent = fmt::format("00-{}-{}-01", draws.hex(32), draws.hex(16));
  arrival.data.reserve(flow.data.size());
  for (std::size_t n = 0; n < flow.data.size(); ++n) {
    const Generator& generator = flow.data[n];
    const auto* column = std::get_if<Column>(&generator.kind);
    const std::size_t place = column ? column->first : n;  // the columns of a file draw one row
    arrival.data.emplace_back(
        generator.name,
        draw_datum(generator, Draws(seed, origin.stream, origin.i, origin.j + place + 1), arrival));
  }
}

}  // namespace faultline::load
