#include "run/timeline.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/error.h"

namespace faultline::run {
namespace {

using nlohmann::ordered_json;
using scenario::Scenario;
using scenario::Step;

// What a step needs while it runs on its own thread.
struct StepRun {
  const Scenario& scenario;
  std::size_t index;
  steps::World& world;
  Rules& rules;
  Stop* at_failure;  // requested when the step fails; null: the run goes on
  Journal& journal;
  TimelineObserver& observer;

  const Step& step() const { return scenario.steps[index]; }
  // A producer for one step: steps run side by side, and a producer belongs to one thread at a time.
  Journal::Producer& producer(bool at_rest) const {
    return journal.producer("step." + std::to_string(index) + (at_rest ? ".rest" : ""));
  }

  void look(std::size_t phase, bool at_rest) const {
    const Instant began = world.now();
    const steps::Watched watched = steps::watch(*step().probe, world);
    if (watched.interrupted) {
      return;
    }
    producer(at_rest).write("probe", watched.at,
                            {{"step", index},
                             {"phase", scenario.phases[phase].name},
                             {"at_rest", at_rest},
                             {"seen", watched.last.seen},
                             {"text", watched.last.text},
                             {"looks", watched.looks},
                             {"after", seconds(watched.at - began)}});
    const bool good = watched.last.seen != at_rest;
    observer.step_ended(step(), at_rest, good, watched.last.text);
    if (!good) {
      fail(phase, at_rest);
    }
  }

  void act() const {
    steps::Answer answer;
    try {
      answer = step().action->act(world);
    } catch (const EnvironmentError& error) {
      answer = {false, error.what()};
    }
    if (answer.ok && step().kind == Step::Kind::mitigation) {
      rules.mitigated(step().ends);
    }
    write_edge("end", {{"ok", answer.ok}, {"text", answer.text}});
    observer.step_ended(step(), false, answer.ok, answer.text);
    if (!answer.ok) {
      fail(step().phase, false);
    }
  }

  // Of several that fail at once the first is the one that stops the run.
  void fail(std::size_t phase, bool at_rest) const {
    if (at_failure && at_failure->request(0)) {
      producer(at_rest).write(
          "stopped", world.now(),
          {{"step", index}, {"phase", scenario.phases[phase].name}, {"at_rest", at_rest}});
    }
  }

  void write_edge(std::string_view edge, const ordered_json& more) const {
    ordered_json fields = {{"step", index},
                           {"kind_of", to_text(step().kind)},
                           {"say", step().say},
                           {"phase", scenario.phases[step().phase].name},
                           {"edge", edge}};
    fields.update(more);
    producer(false).write("step", world.now(), fields);
  }

  void run() const {
    write_edge("begin", ordered_json::object());
    if (step().action) {
      act();
    } else {
      look(step().phase, false);
    }
  }
};

constexpr Duration kBetweenLooks = std::chrono::milliseconds(5);  // whether the load has settled

// Until the load has settled, or this instant. False when it is that, or the stop was requested.
bool settle(Traffic& traffic, Instant at_most, const steps::World& world, const Stop& stop) {
  while (!traffic.settled()) {
    const Instant now = world.now();
    if (now >= at_most || !stop.wait_until(std::min(at_most, now + kBetweenLooks))) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::vector<Event> events(const Scenario& scenario) {
  std::vector<Event> list;
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    list.push_back({scenario.phases[i].begin, Event::Kind::begin_phase, i, 0});
    list.push_back({scenario.phases[i].end(), Event::Kind::end_phase, i, 0});
  }
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    list.push_back({scenario.phases[step.phase].begin + step.after, Event::Kind::step, step.phase, i});
    if (step.kind == Step::Kind::symptom) {
      const scenario::Phase& rest = scenario.phases[step.phase - 1];
      const Duration latest = std::max(Duration::zero(), rest.length - step.probe->within);
      list.push_back({rest.begin + std::min(step.after, latest), Event::Kind::at_rest, step.phase - 1, i});
    }
  }
  std::stable_sort(list.begin(), list.end(), [](const Event& a, const Event& b) {
    return std::pair(a.at, a.kind) < std::pair(b.at, b.kind);
  });
  return list;
}

void drive(const Scenario& scenario, PhaseClock& clock, Traffic& traffic, steps::World& world, Rules& rules,
           Stop& stop, bool to_first_failure, Journal& journal, TimelineObserver& observer,
           const std::function<void(const scenario::Phase& phase, bool begins)>& at_edge) {
  Journal::Producer& timeline = journal.producer("timeline");
  const auto write_phase = [&](std::size_t phase, std::string_view edge, const ordered_json& more) {
    ordered_json fields = {{"phase", scenario.phases[phase].name}, {"edge", edge}};
    fields.update(more);
    timeline.write("phase", world.now(), fields);
  };
  // At the end of a phase: waits as the boundary says, and gives what the journal is to say of it.
  const auto wait_at_end = [&](std::size_t phase) -> ordered_json {
    if (phase + 1 == scenario.phases.size()) {
      const Instant planned = clock.at(scenario.phases[phase].end());
      const bool early = scenario.once() && settle(traffic, planned, world, stop) && world.now() < planned;
      return early ? ordered_json{{"early", true}} : ordered_json::object();
    }
    const scenario::Phase& next = scenario.phases[phase + 1];
    if (!next.drain) {
      return ordered_json::object();
    }
    const Instant boundary = clock.at(next.begin);
    const bool settled = settle(traffic, boundary + *next.drain, world, stop);
    const Duration waited = world.now() - boundary;
    clock.waited(phase + 1, waited);
    traffic.open(waited);
    return {{"waited", seconds(waited)}, {"settled", settled}};
  };
  std::vector<std::thread> threads;
  for (const Event& event : events(scenario)) {
    const bool last = event.kind == Event::Kind::end_phase && event.phase + 1 == scenario.phases.size();
    if (!(last && scenario.once()) && !stop.wait_until(clock.at(event.at))) {
      break;
    }
    const StepRun step{scenario, event.step, world, rules, to_first_failure ? &stop : nullptr,
                       journal,  observer};
    switch (event.kind) {
      case Event::Kind::begin_phase:
        at_edge(scenario.phases[event.phase], true);
        write_phase(event.phase, "begin", ordered_json::object());
        rules.begin(scenario.phases[event.phase].name);
        observer.phase_began(scenario.phases[event.phase]);
        break;
      case Event::Kind::end_phase: {
        const ordered_json how = wait_at_end(event.phase);
        at_edge(scenario.phases[event.phase], false);
        if (event.phase + 1 < scenario.phases.size()) {
          rules.end_before(scenario.phases[event.phase + 1].name);
        } else {
          rules.finish();
        }
        write_phase(event.phase, "end", how);
        break;
      }
      case Event::Kind::at_rest:
        threads.emplace_back([step, event] { step.look(event.phase, true); });
        break;
      case Event::Kind::step:
        threads.emplace_back([step] { step.run(); });
        break;
    }
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace faultline::run
