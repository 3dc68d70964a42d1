#include "fault/decide.h"

#include <xxhash.h>

#include <algorithm>
#include <numeric>

namespace faultline::fault {
namespace {

// A message, and what is known of its cause.
class CausedSubject final : public Subject {
 public:
  CausedSubject(const Subject& message, const Cause& cause) : message_(message), cause_(cause) {}

  bool any(Field field, std::string_view name, const Test& test) const override {
    return field == Field::tenant ? test(cause_.tenant) : message_.any(field, name, test);
  }

 private:
  const Subject& message_;
  const Cause& cause_;
};

// Asked for each message that a rule fits, so no text is put together for it.
Draws draws_of(const Rule& rule, Edge edge, const FaultPoint& point, Seed seed) {
  const std::uint64_t stream = XXH3_64bits_withSeed(point.operation.data(), point.operation.size(),
                                                    stable_hash(rule.name) + static_cast<unsigned>(edge));
  return Draws(seed, StreamId{stream}, point.cause->key, point.nth);
}

// Whether the counting conditions hold, and their budget is not spent.
bool counted(const Rule& rule, const FaultPoint& point, State& state) {
  const When& when = rule.when;
  switch (when.of) {
    case When::Of::cause:
      return when.counted(point.nth) && (!when.at_most || state.acted(rule, point) < *when.at_most);
    case When::Of::arrivals: {
      const std::uint64_t n = rule.during.empty() ? point.cause->number : point.cause->in_phase;
      return n > 0 && when.counted(n) && (!when.at_most || when.counted_up_to(n) <= *when.at_most);
    }
    case When::Of::run:
      return when.counted(state.next(rule)) && (!when.at_most || state.acted(rule) < *when.at_most);
  }
  return false;
}

void count(const Rule& rule, const FaultPoint& point, State& state) {
  if (rule.when.at_most && rule.when.of == When::Of::cause) {
    ++state.acted(rule, point);
  } else if (rule.when.at_most && rule.when.of == When::Of::run) {
    ++state.acted(rule);
  }
}

// The messages of no known cause are told apart by the order in which they come.
bool by_order(const When& when, const FaultPoint& point) {
  return (when.counts() && when.of == When::Of::run) ||
         (point.cause->background() &&
          ((when.counts() && when.of == When::Of::cause) || when.probability < 1));
}

}  // namespace

std::string_view to_text(Known known) {
  constexpr std::string_view kNames[] = {"header", "value", "exclusion", "background"};
  return kNames[static_cast<std::size_t>(known)];
}

std::uint64_t stable_hash(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

std::uint64_t& State::acted(const Rule& rule, const FaultPoint& point) {
  return of_cause_[{rule.name, stable_hash(point.operation), point.cause->key}];
}

Duration Decision::Side::delay() const {
  return std::accumulate(delays.begin(), delays.end(), Duration{},
                         [](Duration sum, const Act& act) { return sum + act.delay; });
}

Decision decide(const std::vector<std::shared_ptr<const Rule>>& on, const Subject& subject,
                const FaultPoint& point, Seed seed, State& state) {
  Decision decision;
  const CausedSubject caused(subject, *point.cause);
  for (const auto& rule : on) {
    const When& when = rule->when;
    if (!rule->match.holds(caused)) {
      continue;
    }
    if (!when.for_tenant.empty() &&
        std::none_of(when.for_tenant.begin(), when.for_tenant.end(),
                     [&](const Pattern& tenant) { return tenant.fits(point.cause->tenant); })) {
      continue;
    }
    // Counted once, whether its edges are one or both.
    if (when.counts() && !counted(*rule, point, state)) {
      continue;
    }
    bool acts = false;
    for (const Edge edge : {Edge::request, Edge::response}) {
      if (rule->edge != Edge::both && rule->edge != edge) {
        continue;
      }
      Draws draws = draws_of(*rule, edge, point, seed);
      if (when.probability < 1 && draws.unit() >= when.probability) {
        continue;
      }
      Decision::Side& side = edge == Edge::request ? decision.request : decision.response;
      Act act{rule, edge, by_order(when, point), {}};
      if (const Delay* delay = std::get_if<Delay>(&rule->fault)) {
        const double share = 2 * draws.unit() - 1;  // of the jitter, from -1 to 1
        act.delay = delay->by +
                    Duration(static_cast<Duration::rep>(share * static_cast<double>(delay->jitter.count())));
        side.delays.push_back(std::move(act));
        acts = true;
      } else if (!side.effect) {
        side.effect = std::move(act);
        acts = true;
      }
    }
    if (acts) {
      count(*rule, point, state);
    }
  }
  return decision;
}

}  // namespace faultline::fault
