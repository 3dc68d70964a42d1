#include <fmt/format.h>

#include <vector>

#include "steps/condition.h"
#include "steps/probe_kinds.h"

namespace faultline::steps {
namespace {

class RedisProbe final : public Probe {
 public:
  RedisProbe(std::vector<std::string> command, Condition condition)
      : command_(std::move(command)), condition_(std::move(condition)) {}

  Sighting look(World& world, Watch&) const override {
    return condition_.check(world.redis(command_, kLookLimit));
  }
  std::string describe() const override {
    return fmt::format("redis {} {}", fmt::join(command_, " "), condition_.describe());
  }

 private:
  const std::vector<std::string> command_;
  const Condition condition_;
};

}  // namespace

std::unique_ptr<Probe> read_redis_probe(Table& table) {
  std::vector<std::string> command = table.texts("redis");
  auto condition = read_condition(table, {"fails", "equals", "is", "contains"});
  if (command.empty()) {
    table.problem("redis", "a Redis command is an array of strings such as [\"GET\", \"key\"]");
    return nullptr;
  }
  return condition ? std::make_unique<RedisProbe>(std::move(command), std::move(*condition)) : nullptr;
}

}  // namespace faultline::steps
