#include "core/error.h"
#include "steps/action_kinds.h"

namespace faultline::steps {
namespace {

class StopAction final : public Action {
 public:
  explicit StopAction(Duration grace) : grace_(grace) {}

  Answer act(World& world) const override {
    try {
      return world.stop(process, grace_);
    } catch (const EnvironmentError& error) {
      return {.ok = false, .text = error.what()};
    }
  }
  std::string describe() const override { return "stop " + process; }

 private:
  const Duration grace_;
};

}  // namespace

std::unique_ptr<Action> read_stop_action(Table& table) {
  auto process = table.one_of("stop", {"service", "postgres", "redis"});
  const Duration grace = table.duration("within").value_or(kActionLimit);
  if (!process) {
    return nullptr;
  }
  auto action = std::make_unique<StopAction>(grace);
  action->process = std::move(*process);
  action->place = table.place_of("stop");
  return action;
}

}  // namespace faultline::steps
