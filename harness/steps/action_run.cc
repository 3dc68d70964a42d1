#include <fmt/format.h>

#include <vector>

#include "steps/action_kinds.h"
#include "steps/command.h"
#include "steps/condition.h"

namespace faultline::steps {
namespace {

// Where a program that gives up says why.
std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  const auto before = text.rfind('\n');
  return excerpt(before == std::string_view::npos ? text : text.substr(before + 1));
}

class RunAction final : public Action {
 public:
  RunAction(std::vector<std::string> command, int status, Duration limit)
      : command_(std::move(command)), status_(status), limit_(limit) {}

  Answer act(World& world) const override {
    Answer answer = world.run(command_, limit_);
    answer.ok = answer.status == status_;
    if (answer.status) {
      const std::string said = last_line(answer.text);
      answer.text = fmt::format("exit status {}{}{}", *answer.status, said.empty() ? "" : ": ", said);
    }
    return answer;
  }
  std::string describe() const override { return fmt::format("run {}", fmt::join(command_, " ")); }

 private:
  const std::vector<std::string> command_;
  const int status_;
  const Duration limit_;
};

// One that goes on: the session that holds a lock, the process that eats the machine.
class BeginAction final : public Action {
 public:
  explicit BeginAction(std::vector<std::string> command) : command_(std::move(command)) {}

  Answer act(World& world) const override { return world.begin(command_); }
  std::string describe() const override {
    return fmt::format("run {} in the background", fmt::join(command_, " "));
  }

 private:
  const std::vector<std::string> command_;
};

}  // namespace

std::unique_ptr<Action> read_run_action(Table& table) {
  std::vector<std::string> command = read_command(table, "run");
  if (table.boolean("background").value_or(false)) {
    return command.empty() ? nullptr : std::make_unique<BeginAction>(std::move(command));
  }
  const auto status = read_status(table, "status", kExitStatus);
  const Duration limit = table.duration("within").value_or(kActionLimit);
  if (command.empty() || (table.has("status") && !status)) {
    return nullptr;
  }
  return std::make_unique<RunAction>(std::move(command), status.value_or(0), limit);
}

}  // namespace faultline::steps
