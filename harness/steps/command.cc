#include "steps/command.h"

namespace faultline::steps {

std::vector<std::string> read_command(Table& table, std::string_view key) {
  std::vector<std::string> command = table.texts(key);
  // One string with blanks is meant for a shell, and there is none.
  const bool line = command.size() == 1 && command.front().find(' ') != std::string::npos;
  if (command.empty() || command.front().empty() || line) {
    table.problem(key, R"(a command is an array of strings such as ["settler", "migrate", "status"])");
    return {};
  }
  return command;
}

}  // namespace faultline::steps
