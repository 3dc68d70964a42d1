#include "load/once.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>

#include "core/error.h"
#include "load/driver.h"
#include "load/http_sender.h"
#include "loop/loop.h"

namespace faultline::load {
namespace {

constexpr Duration kBetweenLooks = std::chrono::milliseconds(5);  // whether it has ended

class Ending final : public Observer {
 public:
  void arrival_started(const Arrival&, Instant, Duration) override {}
  void arrival_shed(const Arrival&, Instant) override {}
  void request_finished(const RequestRecord& record) override {
    ++requests;
    last_answer =
        record.status ? fmt::format("HTTP {}", *record.status) : std::string(to_text(record.failure));
  }
  void arrival_finished(const OutcomeRecord& record) override {
    complete = record.complete;
    stopped_at = record.stopped_at;
    captures = {record.captures.begin(), record.captures.end()};
  }

  bool complete = false;
  std::uint64_t requests = 0;
  std::string stopped_at, last_answer = "a placeholder of it has no value";
  std::map<std::string, std::string> captures;
};

}  // namespace

std::vector<const Flow*> flows_of(const std::vector<Load>& loads) {
  std::vector<const Flow*> flows;
  for (const Load& load : loads) {
    if (std::none_of(flows.begin(), flows.end(),
                     [&](const Flow* flow) { return flow->name == load.flow.name; })) {
      flows.push_back(&load.flow);
    }
  }
  return flows;
}

Arrival arrival_of_once(const Flow& flow, const Journey& journey, Seed seed) {
  Arrival arrival;
  const std::string stream = "once " + flow.name;
  draw_into(arrival, flow, &journey, seed, {stream});
  return arrival;
}

Once make_once(const Flow& flow, const Journey& journey, Seed seed, const http::ClientOptions& options,
               const http::Url& service, const Secrets& secrets, const Stop& stop) {
  Load load{.flow = flow, .model = Load::Model::once};
  load.flow.journeys = {journey};
  const std::vector<Load> loads = {std::move(load)};
  Loop loop("once");
  Ending ending;
  std::promise<void> finished;
  const auto end = finished.get_future();
  std::unique_ptr<http::Client> client;
  std::unique_ptr<HttpSender> sender;
  std::unique_ptr<Driver> driver;
  Once once;
  loop.run([&] {
    client = std::make_unique<http::Client>(loop, options);
    sender = std::make_unique<HttpSender>(*client, service);
    driver =
        std::make_unique<Driver>(loop.clock(), *sender, loads,
                                 Work{schedule_of({arrival_of_once(flow, journey, seed)})}, secrets, ending);
    once.began = monotonic_now();
    driver->start(once.began, [&] { finished.set_value(); });
  });
  while (end.wait_for(Duration::zero()) != std::future_status::ready &&
         stop.wait_until(monotonic_now() + kBetweenLooks)) {
  }
  once.ended = monotonic_now();
  loop.run([&] {
    driver.reset();
    sender.reset();
    client.reset();
  });
  if (!ending.complete) {
    throw EnvironmentError(fmt::format(
        "the {} of flow '{}' {}", journey.name, flow.name,
        stop.requested() ? "was interrupted"
                         : fmt::format("ended at '{}': {}", ending.stopped_at, ending.last_answer)));
  }
  once.requests = ending.requests;
  once.captures = std::move(ending.captures);
  return once;
}

}  // namespace faultline::load
