#pragma once
// Drives a scenario through its phases: switches faults, makes each step at its time, and looks for each
// symptom at rest as well as in its phase.

#include <functional>
#include <string>
#include <vector>

#include "core/journal.h"
#include "loop/stop.h"
#include "run/phase_clock.h"
#include "run/rules.h"
#include "scenario/scenario.h"
#include "steps/world.h"

namespace faultline::run {

/// One thing to do at a time of the run.
struct Event {
  enum class Kind {
    end_phase,    // of phases[phase]
    begin_phase,  // of phases[phase]
    at_rest,      // the symptom steps[step] is looked for in phases[phase], where it must be absent
    step,         // steps[step]
  };
  Duration at{};
  Kind kind{};
  std::size_t phase = 0;
  std::size_t step = 0;
  bool operator==(const Event&) const = default;
};

/// Everything the timeline will do, in order. Pure. A symptom is looked for at rest in the phase before its
/// own, at the same distance from the start as in its own, or as late as the look still fits in.
std::vector<Event> events(const scenario::Scenario& scenario);

/// What happens, for whoever shows it. Calls come from several threads.
class TimelineObserver {
 public:
  TimelineObserver() = default;
  TimelineObserver(const TimelineObserver&) = delete;
  TimelineObserver& operator=(const TimelineObserver&) = delete;
  virtual ~TimelineObserver() = default;
  virtual void phase_began(const scenario::Phase& phase) = 0;
  /// `good`: what the step hopes for has happened (a symptom that is absent at rest is good too).
  virtual void step_ended(const scenario::Step& step, bool at_rest, bool good, const std::string& text) = 0;
};

/// The load, as far as phases wait for it.
class Traffic {
 public:
  Traffic() = default;
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  virtual ~Traffic() = default;
  /// Whether every arrival that was due so far has ended. What is due in a phase whose boundary waits is not yet due.
  virtual bool settled() = 0;
  /// The boundary has waited so long: what is behind it is due that much later.
  virtual void open(Duration later) = 0;
};

/// Runs the events and returns after the last phase has ended and every step with it, or soon after the stop was
/// requested. `to_first_failure`: the first step that fails requests it, and the journal says so. Each step runs on a thread of its own, so a slow probe delays no other. `at_edge` is called when a phase
/// begins, before its rules come on, and when it ends, before they go off.
void drive(const scenario::Scenario& scenario, PhaseClock& clock, Traffic& traffic, steps::World& world,
           Rules& rules, Stop& stop, bool to_first_failure, Journal& journal, TimelineObserver& observer,
           const std::function<void(const scenario::Phase& phase, bool begins)>& at_edge);

}  // namespace faultline::run
