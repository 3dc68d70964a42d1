#include "steps/action_kinds.h"

namespace faultline::steps {
namespace {

class LiftAction final : public Action {
 public:
  Answer act(World& world) const override {
    world.lift(fault);
    return {.ok = true, .text = "lifted"};
  }
  std::string describe() const override { return "lift " + fault; }
};

}  // namespace

std::unique_ptr<Action> read_lift_action(Table& table) {
  auto fault = table.text("lift");
  if (!fault) {
    return nullptr;
  }
  auto action = std::make_unique<LiftAction>();
  action->fault = std::move(*fault);
  action->place = table.place_of("lift");
  return action;
}

}  // namespace faultline::steps
