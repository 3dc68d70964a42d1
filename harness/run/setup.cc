#include "run/setup.h"

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace faultline::run {
namespace {

using nlohmann::ordered_json;

// Values are left out: they may be keys and sessions.
ordered_json fields_of(const std::string& what, const std::string& flow, const load::Once& once,
                       Instant start) {
  ordered_json captured = ordered_json::array();
  for (const auto& [name, value] : once.captures) {
    captured.push_back(name);
  }
  return {{"what", what},
          {"flow", flow},
          {"began", seconds(once.began - start)},
          {"took", seconds(once.ended - once.began)},
          {"requests", once.requests},
          {"captured", std::move(captured)}};
}

load::Once make(const load::Flow& flow, const load::Journey& journey, const scenario::Scenario& scenario,
                const http::Url& service, const load::Secrets& secrets, const Stop& stop) {
  return load::make_once(flow, journey, scenario.seed, http::ClientOptions{}, service, secrets, stop);
}

}  // namespace

std::vector<SetUp> set_up(const scenario::Scenario& scenario, const http::Url& service,
                          load::Secrets& secrets, ArrivalCauses& causes, const Stop& stop) {
  std::vector<SetUp> made;
  for (const load::Flow* flow : load::flows_of(scenario.load)) {
    if (!flow->setup) {
      continue;
    }
    load::Once once = make(*flow, *flow->setup, scenario, service, secrets, stop);
    for (const auto& [name, value] : once.captures) {
      causes.shared(value);
    }
    secrets.setup[flow->name] = once.captures;
    made.push_back({flow->name, std::move(once)});
  }
  return made;
}

void write_set_up(const std::vector<SetUp>& made, Instant start, Journal::Producer& journal) {
  for (const SetUp& each : made) {
    journal.write("once", each.once.ended, fields_of("setup", each.flow, each.once, start));
  }
}

void tear_down(const scenario::Scenario& scenario, const http::Url& service, const load::Secrets& secrets,
               Instant start, Journal::Producer& journal, const Stop& stop) {
  for (const load::Flow* flow : load::flows_of(scenario.load)) {
    if (!flow->teardown) {
      continue;
    }
    const Instant began = monotonic_now();
    try {
      const load::Once once = make(*flow, *flow->teardown, scenario, service, secrets, stop);
      journal.write("once", once.ended, fields_of("teardown", flow->name, once, start));
    } catch (const EnvironmentError& error) {
      journal.write("once", monotonic_now(),
                    {{"what", "teardown"},
                     {"flow", flow->name},
                     {"began", seconds(began - start)},
                     {"problem", error.what()}});
    }
  }
}

}  // namespace faultline::run
