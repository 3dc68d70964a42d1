#include <fmt/format.h>

#include <csignal>

#include <vector>

#include "core/not_ready.h"
#include "core/words.h"
#include "steps/action_kinds.h"

namespace faultline::steps {
namespace {

class RestartAction final : public Action {
 public:
  RestartAction(Changes changes, bool fails, bool killed)
      : changes_(std::move(changes)), fails_(fails), killed_(killed) {}

  Answer act(World& world) const override {
    try {
      if (killed_) {
        world.signal(process, SIGKILL);
      }
      world.restart(process, changes_);
    } catch (const NotReadyError& error) {
      return {.ok = fails_, .text = fails_ ? error.how : error.what()};
    } catch (const EnvironmentError& error) {
      return {.ok = false, .text = error.what()};
    }
    return {.ok = !fails_, .text = "restarted, and ready again"};
  }
  std::string describe() const override {
    std::vector<std::string> names;  // and no values: they may be secrets
    names.reserve(changes_.env.size());
    for (const auto& [name, value] : changes_.env) {
      names.push_back(name);
    }
    return fmt::format("{} {}{}{}{}", killed_ ? "kill and restart" : "restart", process,
                       names.empty() ? "" : " with other ", fmt::join(names, ", "), fails_ ? " fails" : "");
  }

 private:
  const Changes changes_;
  const bool fails_;
  const bool killed_;
};

}  // namespace

std::unique_ptr<Action> read_restart_action(Table& table) {
  auto process = table.one_of("restart", {"service", "postgres", "redis"});
  Changes changes{read_words(table, "env"), table.duration("within")};
  const bool fails = table.boolean("fails").value_or(false);
  const bool killed = table.boolean("killed").value_or(false);
  if (!process) {
    return nullptr;
  }
  for (const char* key : {"env", "within", "fails"}) {
    if (*process != "service" && table.has(key)) {
      table.problem(key, fmt::format("'{}' is for a restart of the service", key));
      return nullptr;
    }
  }
  auto action = std::make_unique<RestartAction>(std::move(changes), fails, killed);
  action->process = std::move(*process);
  action->place = table.place_of("restart");
  return action;
}

}  // namespace faultline::steps
