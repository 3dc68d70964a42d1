#include "core/error.h"
#include "steps/action_kinds.h"

namespace faultline::steps {
namespace {

class RestartAction final : public Action {
 public:
  Answer act(World& world) const override {
    try {
      world.restart(process);
    } catch (const EnvironmentError& error) {
      return {.ok = false, .text = error.what()};
    }
    return {.ok = true, .text = "restarted, and ready again"};
  }
  std::string describe() const override { return "restart " + process; }
};

}  // namespace

std::unique_ptr<Action> read_restart_action(Table& table) {
  auto process = table.one_of("restart", {"service", "postgres", "redis"});
  if (!process) {
    return nullptr;
  }
  auto action = std::make_unique<RestartAction>();
  action->process = std::move(*process);
  action->place = table.place_of("restart");
  return action;
}

}  // namespace faultline::steps
