#include <fmt/format.h>

#include <vector>

#include "steps/action_kinds.h"

namespace faultline::steps {
namespace {

class RedisAction final : public Action {
 public:
  explicit RedisAction(std::vector<std::string> command) : command_(std::move(command)) {}

  Answer act(World& world) const override { return world.redis(command_, kActionLimit); }
  std::string describe() const override { return fmt::format("redis {}", fmt::join(command_, " ")); }

 private:
  const std::vector<std::string> command_;
};

}  // namespace

std::unique_ptr<Action> read_redis_action(Table& table) {
  std::vector<std::string> command = table.texts("redis");
  if (command.empty()) {
    table.problem("redis", "a Redis command is an array of strings such as [\"FLUSHALL\"]");
    return nullptr;
  }
  return std::make_unique<RedisAction>(std::move(command));
}

}  // namespace faultline::steps
