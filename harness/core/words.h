#pragma once
// A table of words, whose keys the user chooses: environment variables, header fields.

#include <map>
#include <string>
#include <string_view>

#include "core/table.h"

namespace faultline {

/// Numbers are taken as they are written, true and false as 1 and 0. Absent: empty.
std::map<std::string, std::string> read_words(Table& table, std::string_view key);

}  // namespace faultline
