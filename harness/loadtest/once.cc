#include "loadtest/once.h"

#include <fmt/format.h>

#include <future>

#include "core/error.h"
#include "load/driver.h"
#include "load/http_sender.h"
#include "load/plan.h"
#include "loop/loop.h"

namespace faultline::loadtest {
namespace {

class Ending final : public load::Observer {
 public:
  void arrival_started(const load::Arrival&, Instant, Duration) override {}
  void arrival_shed(const load::Arrival&, Instant) override {}
  void request_finished(const load::RequestRecord& record) override {
    last_answer =
        record.status ? fmt::format("HTTP {}", *record.status) : std::string(to_text(record.failure));
  }
  void arrival_finished(const load::OutcomeRecord& record) override {
    complete = record.complete;
    stopped_at = record.stopped_at;
    captures = {record.captures.begin(), record.captures.end()};
  }

  bool complete = false;
  std::string stopped_at, last_answer = "a placeholder of it has no value";
  std::map<std::string, std::string> captures;
};

}  // namespace

std::map<std::string, std::string> make_once(const load::Flow& flow, const load::Journey& journey,
                                             const LoadTest& test, const http::Url& service,
                                             const load::Secrets& secrets) {
  load::Load load{.flow = flow, .model = load::Load::Model::once};
  load.flow.journeys = {journey};
  const std::vector<load::Load> loads = {std::move(load)};
  Loop loop("once");
  Ending ending;
  std::promise<void> finished;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<load::HttpSender> sender;
  std::unique_ptr<load::Driver> driver;
  loop.run([&] {
    client = std::make_unique<http::Client>(loop, test.http);
    sender = std::make_unique<load::HttpSender>(*client, service);
    driver = std::make_unique<load::Driver>(
        loop.clock(), *sender, loads,
        load::Work{load::schedule_of(load::plan(loads, {{journey.name, Duration::max()}}, test.seed))},
        secrets, ending);
    driver->start(monotonic_now(), [&] { finished.set_value(); });
  });
  finished.get_future().wait();
  loop.run([&] {
    driver.reset();
    sender.reset();
    client.reset();
  });
  if (!ending.complete) {
    throw EnvironmentError(fmt::format("the {} of flow '{}' ended at '{}': {}", journey.name, flow.name,
                                       ending.stopped_at, ending.last_answer));
  }
  return ending.captures;
}

}  // namespace faultline::loadtest
