#pragma once
// A driver with a clock that the test moves and a service that is a function, and what it told.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "load/driver.h"
#include "load/plan.h"
#include "reading.h"
#include "scripted_sender.h"

namespace faultline::load {

using namespace std::chrono_literals;

// Keeps what the driver told, with times as distances from the start of the load.
class Record final : public Observer {
 public:
  explicit Record(Instant begin) : begin_(begin) {}

  struct Request {
    std::uint64_t k;
    std::string route;
    std::uint32_t attempt;
    Duration due, finished;
    std::optional<Duration> sent, latency;
    std::optional<int> status;
    http::Failure failure;
    bool expected;
  };
  struct End {
    std::uint64_t k;
    Outcome outcome;
    bool complete;
    std::string stopped_at;
    Captures captures;
  };

  void arrival_started(const Arrival& arrival, Instant due, Duration late) override {
    dues.emplace_back(due - begin_);
    starts.emplace_back(arrival.number, late);
  }
  void arrival_shed(const Arrival& arrival, Instant) override { shed.push_back(arrival.number); }
  void request_finished(const RequestRecord& r) override {
    requests.push_back({r.arrival.number, r.request.route, r.attempt, r.due - begin_, r.finished - begin_,
                        r.sent ? std::optional(*r.sent - begin_) : std::nullopt, r.latency(), r.status,
                        r.failure, r.expected});
    for (const auto& [check, held] : r.checks) {
      checks.emplace_back(check->name, held);
    }
    for (const auto& [measure, value] : r.measures) {
      measures.emplace_back(measure->metric, value);
    }
  }
  void arrival_finished(const OutcomeRecord& r) override {
    ends.push_back({r.arrival.number, r.outcome, r.complete, std::string(r.stopped_at), r.captures});
  }

  std::vector<std::pair<std::uint64_t, Duration>> starts;  // number, late
  std::vector<Duration> dues;                              // of the same
  std::vector<std::uint64_t> shed;
  std::vector<Request> requests;
  std::vector<std::pair<std::string, bool>> checks;
  std::vector<std::pair<std::string, double>> measures;
  std::vector<End> ends;

 private:
  const Instant begin_;
};

// A driver with its clock, its service and its record. The load is one flow at a rate for a time.
struct Driven {
  Driven(
      const std::string& journey, std::function<Reply(const http::Request&)> service, Rate rate = {1},
      Duration length = 1s, const DriverLimits& limits = {},
      const std::function<void(std::vector<Arrival>&)>& change = [](auto&) {})
      : sender(clock, std::move(service)) {
    const std::string head = R"(
[flow]
name = "f"
[flow.data]
token = { hex = 8 }
tenant = { pick = ["a"] }
[[journey]]
name = "j"
)";
    loads = {open_load(head + journey, rate)};
    arrivals = plan(loads, {{"only", length}}, 1);
    change(arrivals);
    const Secrets secrets{.api_keys = {{"a", "key-of-a"}}, .environment = {{"HOOK", "hook"}}};
    driver =
        std::make_unique<Driver>(clock, sender, loads, Work{schedule_of(arrivals)}, secrets, record, limits);
    driver->start(begin, [this] { ++finished; });
    clock.advance(10s - 1ns);  // everything is set up, and nothing is due
  }

  /// To that distance from the start of the load.
  void run_to(Duration at) { clock.advance(begin + at - clock.now()); }
  std::vector<Duration> sent_at() const {
    std::vector<Duration> times;
    for (const auto& sent : sender.sent) {
      times.push_back(sent.at - begin);
    }
    return times;
  }
  std::vector<std::string> sent_lines() const {
    std::vector<std::string> lines;
    for (const auto& sent : sender.sent) {
      lines.push_back(sent.request.method + " " + sent.request.target);
    }
    return lines;
  }

  ManualClock clock;
  const Instant begin{clock.now() + 10s};
  Record record{begin};
  ScriptedSender sender;
  std::vector<Load> loads;
  std::vector<Arrival> arrivals;
  std::unique_ptr<Driver> driver;
  int finished = 0;
};

inline constexpr const char* kOneRequest = "[[journey.step]]\nrequest = 'GET /'\n";

inline constexpr const char* kCreateThinkRead = R"(
[[journey.step]]
request = "POST /jobs"
name = "create"
expect = [201]
capture = { id = "/data/id" }
[[journey.step]]
think = "1s"
[[journey.step]]
request = "GET /jobs/${id}"
name = "read"
)";

inline Reply answer(int status, std::string body = {}, Duration takes = 5ms) {
  return {.takes = takes, .status = status, .body = std::move(body)};
}
inline Reply failure(http::Failure kind, Duration takes = 5ms) {
  return {.takes = takes, .failure = kind};
}

}  // namespace faultline::load
