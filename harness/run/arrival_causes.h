#pragma once
// Which arrival made the service send a message: by the trace that it passes on, otherwise by the values in the message.

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "load/plan.h"
#include "stream/causes.h"
#include "stream/value_causes.h"

namespace faultline::run {

class ArrivalCauses final : public stream::Causes {
 public:
  explicit ArrivalCauses(const std::vector<load::Arrival>& plan);

  /// On the proxies' thread.
  Found find(std::string_view dependency, const protocol::Request& request) override;

  // On the load's thread.
  /// The service has answered an arrival with this value.
  void given(std::uint64_t arrival, const std::string& value);
  void settled(std::uint64_t arrival);

  /// How the causes of requests were known, and how well values would have told those that a trace told.
  struct Known {
    std::uint64_t header = 0, value = 0, background = 0;
    std::uint64_t by_value_right = 0, by_value_wrong = 0;  // of `header`; of the rest no value told anything
  };
  /// By dependency. From any thread.
  std::map<std::string, Known, std::less<>> known() const;

 private:
  std::map<std::uint64_t, fault::Cause> causes_;                // by the arrival's number
  std::map<std::string, std::uint64_t, std::less<>> by_trace_;  // by trace-id
  mutable std::mutex mutex_;                                    // guards what follows
  stream::ValueCauses by_value_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace faultline::run
