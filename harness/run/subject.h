#pragma once
// Which service a run is of, so that a later one can tell whether it is the same.

#include <filesystem>
#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace faultline::run {

struct Subject {
  std::string what;  // for people: the command, or the address
  std::string
      digest;  // of the program and of the files that its command names; "-" of a service that runs elsewhere
};

Subject subject_of(const scenario::Service& service);

/// The command that starts it; empty of a service that runs already. Throws EnvironmentError where it is not there.
std::vector<std::string> command_of(const scenario::Service& service);

/// Of a command's first word: "settler" is the reference service's program, wherever it is; anything else is itself.
/// Throws EnvironmentError where the former is not there.
std::string program_of(const std::string& word);

}  // namespace faultline::run
