#pragma once
// Which arrival made the service send a message, by the trace that it passes on.

#include <map>
#include <string>
#include <vector>

#include "load/plan.h"
#include "stream/causes.h"

namespace faultline::run {

/// What is known does not change: any thread may ask.
class ArrivalCauses final : public stream::Causes {
 public:
  explicit ArrivalCauses(const std::vector<load::Arrival>& plan);

  Found find(const protocol::Request& request) override;

 private:
  std::map<std::string, fault::Cause, std::less<>> by_trace_;  // by trace-id
};

}  // namespace faultline::run
