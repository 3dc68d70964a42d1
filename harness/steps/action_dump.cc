// All that a private server has stored: written to a file, and put back.

#include "steps/action_kinds.h"

namespace faultline::steps {
namespace {

class DumpAction final : public Action {
 public:
  using Do = Answer (World::*)(const std::string& process, Duration limit);
  DumpAction(std::string verb, Do what, Duration limit) : verb_(std::move(verb)), act_(what), limit_(limit) {}

  Answer act(World& world) const override { return (world.*act_)(process, limit_); }
  std::string describe() const override { return verb_ + " " + process; }

 private:
  const std::string verb_;
  const Do act_;
  const Duration limit_;
};

std::unique_ptr<Action> read(Table& table, const std::string& verb, DumpAction::Do act) {
  auto process = table.one_of(verb, {"postgres"});
  const Duration limit = table.duration("within").value_or(kActionLimit);
  if (!process) {
    return nullptr;
  }
  auto action = std::make_unique<DumpAction>(verb, act, limit);
  action->process = std::move(*process);
  action->place = table.place_of(verb);
  return action;
}

}  // namespace

std::unique_ptr<Action> read_dump_action(Table& table) {
  return read(table, "dump", &World::dump);
}

std::unique_ptr<Action> read_restore_action(Table& table) {
  return read(table, "restore", &World::restore);
}

}  // namespace faultline::steps
