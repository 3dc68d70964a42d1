#pragma once
// Runs a load: starts every arrival when it is due, whether or not the service keeps up, begins a journey of each user
// when the one before has ended, and takes each through its steps.
//
//   Driver driver(loop.clock(), sender, loads, {schedule_of(loads, phases, seed)}, secrets, observer);
//   driver.start(begin, [&] { … every arrival is done … });
//
// Times count from when a thing was due, not from when it was done. An arrival that the driver started late,
// or that met a service which answered late, has the wait in its latency: leaving it out is the mistake known
// as coordinated omission. The first request is due when its arrival is; each further one when the answer
// before it was whole, and the think time or the interval of a repeat after that has passed.
//
// The end is bounded: every request has a timeout, every repeat a number of attempts. What is in flight when
// nobody wants to wait for that is ended by stop().

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "load/load.h"
#include "load/observer.h"
#include "load/schedule.h"
#include "load/secrets.h"
#include "load/sender.h"
#include "load/users.h"

namespace faultline::load {

struct DriverLimits {
  enum class Past { shed, wait };
  std::size_t in_flight = 5000;               // journeys
  Past past = Past::shed;                     // what an arrival beyond it does; one that waits is late
  Duration drain = std::chrono::seconds(10);  // after stop(), for journeys in flight
  std::vector<Duration> gates;  // times of the plan, ascending: what is due from there on waits for open()
};

/// How far a run has come.
struct Counters {
  std::uint64_t planned = 0;  // arrivals in the plan
  std::uint64_t due = 0;      // of these, whose time has come; after stop() it no longer grows
  std::uint64_t started = 0;
  std::uint64_t shed = 0;
  std::uint64_t waiting = 0;    // for what is in flight to become less
  std::uint64_t users = 0;      // of closed loads, who are there now
  std::uint64_t in_flight = 0;  // started, and not done
  std::uint64_t done = 0;
  std::uint64_t failed = 0;            // done with another outcome than acked
  std::uint64_t requests = 0;          // finished, with or without an answer
  std::uint64_t errors = 0;            // of these, without an answer that the flow expects
  Duration late_most{};                // the latest start of an arrival, after it was due
  std::optional<Duration> recent_p95;  // of requests answered in the last few seconds
};

/// What there is to do.
struct Work {
  std::unique_ptr<Schedule> schedule;
  Users users{};
};

class Driver {
 public:
  /// Everything happens on the clock's thread, this constructor too. The schedule must be of these loads. The loads, the
  /// sender, the clock and the observer must outlive the driver. Throws EnvironmentError when a secret that an arrival may
  /// need is not given: it names the tenant or the variable.
  Driver(Clock& clock, Sender& sender, const std::vector<Load>& loads, Work work, Secrets secrets,
         Observer& observer, DriverLimits limits = {});
  /// Forgets what is in flight; nothing is called any more.
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Once. `begin` is the instant that the plan's times count from; it may be ahead. `finished` is called
  /// once, when every arrival was shed or is done, never from inside `start` or `stop`; it may destroy the
  /// driver.
  void start(Instant begin, std::function<void()> finished);

  /// Starts no further arrival. Journeys in flight go on for at most `drain`; those that have not ended by
  /// then are ended, with the outcome `unknown` if a request of theirs has no answer yet. To be called after
  /// start().
  void stop();

  /// Whether every arrival before the next gate, or of the whole plan, has ended. To be called after start().
  bool settled() const;

  /// Opens the next gate: what is due behind it comes so much later than planned. To be called after start().
  void open(Duration later);

  Counters counters();

 private:
  class Run;
  std::shared_ptr<Run> run_;
};

}  // namespace faultline::load
