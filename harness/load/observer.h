#pragma once
// What the driver tells as it happens. Instants are on the clock of the driver.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"
#include "http/client.h"
#include "load/arrival.h"
#include "load/flow.h"

namespace faultline::load {

/// What is known of the work that an arrival asked for.
enum class Outcome {
  acked,  // every answer that was awaited was read, and was one that the flow expects
  failed,  // a refusal was read (a status of 400 to 499, 501, 503 or 505), or no connection was had: it was not done
  unknown,  // it was sent, and no answer was read, or one that leaves open whether it was done (another status)
};
std::string_view to_text(Outcome outcome);

using Captures = std::vector<std::pair<std::string, std::string>>;  // name and value, in the order of capture

struct CheckResult {
  const Check* check = nullptr;
  bool held = false;
};
struct Measured {
  const Measure* measure = nullptr;
  double value = 0;  // of a rate 1 or 0, of a counter 1, of a time milliseconds
};

struct RequestRecord {
  const Arrival& arrival;
  const RequestStep& request;
  std::uint32_t attempt = 1;    // from 1; beyond it only where the flow repeats the request
  Instant due{};                // when it should have been sent
  std::optional<Instant> sent;  // absent when there was no connection to send it on
  Instant finished{};           // when the answer was whole, or its failure known
  http::Failure failure = http::Failure::none;
  std::optional<int> status;  // of an answer
  bool expected = false;      // an answer came, and the flow expects its status, or follows where it leads
  bool redirected = false;    // the latter: the next record is of what the step asked for too
  Outcome outcome = Outcome::acked;
  std::optional<bool> answered_alike;      // as the same request of this arrival was before; see repeats.h
  const Captures& captures;                // what was taken from this answer
  const http::Exchange& exchange;          // its timings and its bytes
  const std::vector<CheckResult>& checks;  // in the order of the flow; none where nothing was checked
  const std::vector<Measured>& measures;   // likewise

  /// From the time it was due: what a user who came then had to wait. Absent without an answer.
  std::optional<Duration> latency() const { return status ? std::optional(finished - due) : std::nullopt; }
};

struct OutcomeRecord {
  const Arrival& arrival;
  Outcome outcome = Outcome::acked;
  Instant due{}, finished{};
  bool complete = false;        // every step of the journey was made
  std::string_view stopped_at;  // the route of the request that ended it early, or that was not made
  const Captures& captures;     // everything the journey captured
};

/// Calls come on the driver's thread, from within its own work: they must return soon, and must not call the
/// driver. What they are given lives until they return.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  /// `late` is how long after `due` the journey was started.
  virtual void arrival_started(const Arrival& arrival, Instant due, Duration late) = 0;
  /// Too many were in flight: the arrival was not started, and has no outcome.
  virtual void arrival_shed(const Arrival& arrival, Instant due) = 0;
  virtual void request_finished(const RequestRecord& record) = 0;
  virtual void arrival_finished(const OutcomeRecord& record) = 0;
};

}  // namespace faultline::load
