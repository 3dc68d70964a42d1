// A signal to a private server or the service: kill, pause (SIGSTOP), resume (SIGCONT).

#include <csignal>

#include "core/error.h"
#include "steps/action_kinds.h"

namespace faultline::steps {
namespace {

class SignalAction final : public Action {
 public:
  SignalAction(std::string verb, int number, std::string done)
      : verb_(std::move(verb)), number_(number), done_(std::move(done)) {}

  Answer act(World& world) const override {
    try {
      world.signal(process, number_);
    } catch (const EnvironmentError& error) {
      return {.ok = false, .text = error.what()};
    }
    return {.ok = true, .text = done_};
  }
  std::string describe() const override { return verb_ + " " + process; }

 private:
  const std::string verb_;
  const int number_;
  const std::string done_;
};

std::unique_ptr<Action> read(Table& table, const std::string& verb, int number, std::string done) {
  auto process = table.one_of(verb, {"service", "postgres", "redis"});
  if (!process) {
    return nullptr;
  }
  auto action = std::make_unique<SignalAction>(verb, number, std::move(done));
  action->process = std::move(*process);
  action->place = table.place_of(verb);
  return action;
}

}  // namespace

std::unique_ptr<Action> read_kill_action(Table& table) {
  const auto signal = table.one_of("signal", {"KILL", "TERM", "INT", "QUIT"}).value_or("KILL");
  const int number = signal == "TERM"   ? SIGTERM
                     : signal == "INT"  ? SIGINT
                     : signal == "QUIT" ? SIGQUIT
                                        : SIGKILL;
  return read(table, "kill", number, "ended by SIG" + signal);
}

std::unique_ptr<Action> read_pause_action(Table& table) {
  return read(table, "pause", SIGSTOP, "stopped where it was");
}

std::unique_ptr<Action> read_resume_action(Table& table) {
  return read(table, "resume", SIGCONT, "goes on");
}

}  // namespace faultline::steps
