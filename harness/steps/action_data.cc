// What happens to the data of a private server: they are deleted, or their disk is full.

#include "core/error.h"
#include "steps/action_kinds.h"

namespace faultline::steps {
namespace {

class DataAction final : public Action {
 public:
  using Do = std::function<void(World& world, const std::string& process)>;
  DataAction(std::string what, std::string done, Do act)
      : what_(std::move(what)), done_(std::move(done)), act_(std::move(act)) {}

  Answer act(World& world) const override {
    try {
      act_(world, process);
    } catch (const EnvironmentError& error) {
      return {.ok = false, .text = error.what()};
    }
    return {.ok = true, .text = done_};
  }
  std::string describe() const override { return what_ + " " + process; }

 private:
  const std::string what_, done_;
  const Do act_;
};

std::unique_ptr<Action> read(Table& table, const std::string& key, const std::vector<std::string>& processes,
                             std::string what, std::string done, DataAction::Do act) {
  auto process = table.one_of(key, processes);
  if (!process) {
    return nullptr;
  }
  auto action = std::make_unique<DataAction>(std::move(what), std::move(done), std::move(act));
  action->process = std::move(*process);
  action->place = table.place_of(key);
  return action;
}

}  // namespace

std::unique_ptr<Action> read_delete_data_action(Table& table) {
  return read(table, "delete_data", {"postgres", "redis"}, "delete the data of", "started without its data",
              [](World& world, const std::string& process) { world.delete_data(process); });
}

std::unique_ptr<Action> read_fill_disk_action(Table& table) {
  const auto free = static_cast<std::uint64_t>(table.size("free").value_or(Size{}).bytes);
  auto action = read(table, "fill_disk", {"postgres"}, "fill the disk of", "its disk is full",
                     [free](World& world, const std::string& process) { world.fill_disk(process, free); });
  if (action) {
    action->fills_disk = true;
  }
  return action;
}

std::unique_ptr<Action> read_free_disk_action(Table& table) {
  auto action =
      read(table, "free_disk", {"postgres"}, "make room on the disk of", "its disk has room again",
           [](World& world, const std::string& process) { world.fill_disk(process, std::nullopt); });
  if (action) {
    action->fills_disk = true;
  }
  return action;
}

}  // namespace faultline::steps
