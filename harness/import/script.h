#pragma once
// What all parts of a script share while it is carried over.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/time.h"
#include "import/values.h"
#include "import/yaml.h"

namespace faultline::import {

struct Script {
  std::vector<Note> notes;
  Data data;
  Variables variables;
  std::string target;                     // as written, with its expressions
  std::optional<Duration> timeout;        // of every request
  std::set<std::string> default_headers;  // the names of all, in small letters
  std::vector<Member> headers;  // those that need what a journey captures: with each step that knows it
};

}  // namespace faultline::import
