#include <fmt/format.h>

#include <vector>

#include "steps/command.h"
#include "steps/condition.h"
#include "steps/probe_kinds.h"

namespace faultline::steps {
namespace {

class RunProbe final : public Probe {
 public:
  RunProbe(std::vector<std::string> command, Condition condition)
      : command_(std::move(command)), condition_(std::move(condition)) {}

  Sighting look(World& world, Watch&) const override {
    const Answer answer = world.run(command_, kCommandLookLimit);
    if (!answer.status) {
      return {
          false,
          excerpt(answer.text)};  // a program that is not there shows nothing, even to who wants a failure
    }
    return condition_.check(answer);
  }
  std::string describe() const override {
    return fmt::format("run {} {}", fmt::join(command_, " "), condition_.describe());
  }

 private:
  const std::vector<std::string> command_;
  const Condition condition_;
};

}  // namespace

std::unique_ptr<Probe> read_run_probe(Table& table) {
  std::vector<std::string> command = read_command(table, "run");
  auto condition = read_condition(table, {"fails", "status", "equals", "is", "contains"}, kExitStatus);
  return !command.empty() && condition ? std::make_unique<RunProbe>(std::move(command), std::move(*condition))
                                       : nullptr;
}

}  // namespace faultline::steps
