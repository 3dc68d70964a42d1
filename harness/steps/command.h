#pragma once
// A program and its arguments, as a probe or an action names them.

#include <string>
#include <string_view>
#include <vector>

#include "core/table.h"

namespace faultline::steps {

/// Reads the words at `key`. Empty when they are no command: reported.
std::vector<std::string> read_command(Table& table, std::string_view key);

}  // namespace faultline::steps
