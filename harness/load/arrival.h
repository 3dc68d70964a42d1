#pragma once
// One journey that is started: when, by whom, with which data. What it is made of follows from the seed and from its
// number, or from its user and how many journeys that user has made, and from nothing else: not from the arrivals beside
// it, nor from the thread that starts it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/draw.h"
#include "core/time.h"
#include "load/flow.h"

namespace faultline::load {

struct Arrival {
  // Of a plan from 1, in its order, and kept when others are taken out; of a user by number_of(); 0: what is made once.
  std::uint64_t number = 0;
  Duration at{};            // when it is due, since the start of the run
  std::uint64_t after = 0;  // not before this arrival has ended; 0: none. One that is not in the plan has
  std::string phase;        // in which it is due; a phase does not include its end
  std::string flow, journey;
  std::vector<std::pair<std::string, std::string>> data;  // in the flow's order
  std::string traceparent;                                // version 00, sampled (W3C Trace Context, 3.2)

  const std::string* datum(const std::string& name) const;
  bool operator==(const Arrival&) const = default;
};

using ArrivalPtr = std::shared_ptr<const Arrival>;

/// A journey of a user: which one of whom, both from 1.
struct Iteration {
  std::uint64_t user = 0, number = 0;
  bool operator==(const Iteration&) const = default;
};
/// The number of such an arrival, which depends on nothing else: 3000000007 is the 7th of user 3. Plans have less.
std::uint64_t number_of(Iteration iteration);
/// Nothing of an arrival of a plan.
std::optional<Iteration> iteration_of(std::uint64_t number);
/// For people: "17", "user 3.7".
std::string number_text(std::uint64_t number);
/// In a sentence: "arrival 17", "user 3.7".
std::string arrival_text(std::uint64_t number);

/// Where the draws of an arrival come from: (seed, "arrival", k) for the k-th of a plan, (seed, "user", u, i) for a journey
/// of a user, counted from 0.
struct Origin {
  std::string_view stream;
  std::uint64_t i = 0;
  std::uint64_t j = 0;  // and the numbers behind it: what is drawn for one datum changes no other
};
Origin of_arrival(std::uint64_t number);
Origin of_user(std::uint64_t user, std::uint64_t iteration);

/// Fills in everything that is drawn: the journey (unless one is given), the trace, the data.
void draw_into(Arrival& arrival, const Flow& flow, const Journey* journey, Seed seed, Origin origin);

}  // namespace faultline::load
