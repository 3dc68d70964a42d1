#include "run/process_faults.h"

#include <csignal>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "fault/catalogue.h"
#include "loop/loop.h"

namespace faultline::run {
namespace {

// Makes a fault, or undoes it.
struct Effect {
  Environment& environment;
  const std::string& process;
  bool on;

  void operator()(const fault::Kill& kill) const {
    on ? environment.signal(process, kill.signal) : environment.ensure_running(process);
  }
  void operator()(const fault::Pause& /*pause*/) const {
    environment.signal(process, on ? SIGSTOP : SIGCONT);
  }
  void operator()(const fault::Restart& /*restart*/) const {
    if (on) {
      environment.restart(process);
    }
  }
  void operator()(const fault::DeleteData& /*deleted*/) const {
    if (on) {
      environment.delete_data(process);
    }
  }
  void operator()(const fault::FillDisk& fill) const {
    environment.fill_disk(process, on ? std::optional(fill.free) : std::nullopt);
  }
  void operator()(const fault::ClockSkew& skew) const { environment.skew_clock(on ? skew.by : Duration{}); }
  void operator()(const fault::CpuPressure& pressure) const {
    environment.press_cpu(on ? pressure.workers : 0);
  }
  template <typename T>
  void operator()(const T& /*on the wire*/) const {}
};

}  // namespace

ProcessFaults::ProcessFaults(Environment& environment, Journal::Producer& journal)
    : environment_(environment), journal_(journal), thread_([this] { work(); }) {}

ProcessFaults::~ProcessFaults() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ProcessFaults::apply(const fault::Rule& rule, bool on) {
  {
    const std::lock_guard lock(mutex_);
    changes_.push_back({rule, on});
  }
  changed_.notify_all();
}

void ProcessFaults::settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return changes_.empty(); });
}

void ProcessFaults::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !changes_.empty(); });
    if (changes_.empty()) {
      return;
    }
    const Change change = changes_.front();
    lock.unlock();
    make(change);
    lock.lock();
    changes_.pop_front();
    changed_.notify_all();
  }
}

void ProcessFaults::make(const Change& change) {
  const fault::Rule& rule = change.rule;
  try {
    std::visit(Effect{environment_, rule.on, change.on}, rule.fault);
    if (change.on) {
      journal_.write("decision", monotonic_now(),
                     {{"fault", rule.name}, {"dependency", rule.on}, {"effect", fault::name_of(rule.fault)}});
    }
  } catch (const EnvironmentError& error) {
    journal_.write("log", monotonic_now(),
                   {{"what", change.on ? "fault not made" : "fault not undone"},
                    {"fault", rule.name},
                    {"dependency", rule.on},
                    {"reason", error.what()}});
  }
}

}  // namespace faultline::run
