#pragma once
// A process that was started, and did not get as far as doing its work.

#include "core/error.h"

namespace faultline {

/// It ended first, or was not ready in time. `what()` has the end of its log as well.
class NotReadyError : public EnvironmentError {
 public:
  NotReadyError(const std::string& what, std::string happened)
      : EnvironmentError(what), how(std::move(happened)) {}

  const std::string how;  // "service exited with status 1 before it was ready"
};

}  // namespace faultline
