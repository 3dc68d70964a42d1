#pragma once
// What a flow's setup and teardown do: a journey that is made once, outside of the load.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/message.h"
#include "load/arrival.h"
#include "load/flow.h"
#include "load/load.h"
#include "load/secrets.h"
#include "loop/stop.h"

namespace faultline::load {

/// The flows of these loads, in their order; one that several loads have comes once.
std::vector<const Flow*> flows_of(const std::vector<Load>& loads);

/// What is drawn for it, from the seed and the flow's name: a setup and the teardown of its flow have the same data and the
/// same trace, which no arrival has.
Arrival arrival_of_once(const Flow& flow, const Journey& journey, Seed seed);

/// How a journey that is made once went.
struct Once {
  Instant began{}, ended{};
  std::uint64_t requests = 0;
  std::map<std::string, std::string> captures;
};

/// Makes the journey of the flow, which is its setup or its teardown, and waits for its end. Throws EnvironmentError when it
/// does not come to its end: it names the request that ended it, and what the answer was. So it does, soon, when the stop
/// is requested.
Once make_once(const Flow& flow, const Journey& journey, Seed seed, const http::ClientOptions& client,
               const http::Url& service, const Secrets& secrets, const Stop& stop);

}  // namespace faultline::load
