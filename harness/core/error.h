#pragma once
// The two kinds of failure that are nobody's bug: a user's mistake is a Diagnostic (core/diagnostic.h), and
// an environment that cannot be had is this.

#include <stdexcept>
#include <string>

namespace faultline {

/// Something outside could not be had: a program, a port, a path, a disk. `what()` names it; `remedy` is what
/// the user can do. Ends the program with exit status 3.
class EnvironmentError : public std::runtime_error {
 public:
  explicit EnvironmentError(const std::string& what, std::string what_to_do = {})
      : std::runtime_error(what), remedy(std::move(what_to_do)) {}

  const std::string remedy;  // empty when there is nothing to advise
};

}  // namespace faultline
