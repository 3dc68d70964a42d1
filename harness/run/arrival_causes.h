#pragma once
// Which arrival made the service send a message: by the trace that it passes on, otherwise by the values in the message;
// in a scenario of journeys that are made one after the other, otherwise by being the only one under way. Those of a plan
// are known before they come, those of users when they begin.

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "load/plan.h"
#include "scenario/scenario.h"
#include "stream/causes.h"
#include "stream/value_causes.h"

namespace faultline::run {

class ArrivalCauses final : public stream::Causes {
 public:
  ArrivalCauses(const std::vector<load::Arrival>& plan, const scenario::Scenario& scenario);

  /// On the proxies' thread. What a setup or a teardown made the service send has a cause that is no arrival's.
  Found find(std::string_view dependency, const protocol::Request& request) override;

  /// Before the load: a setup has made these values, which any arrival may use.
  void shared(const std::string& value);

  // On the load's thread.
  void started(const load::Arrival& arrival);
  /// The service has answered an arrival with this value.
  void given(std::uint64_t arrival, const std::string& value);
  void settled(std::uint64_t arrival);

  /// How the causes of requests were known, and how well values would have told those that a trace told.
  struct Known {
    std::uint64_t header = 0, value = 0, exclusion = 0, background = 0;
    std::uint64_t by_value_right = 0, by_value_wrong = 0;  // of `header`; of the rest no value told anything
  };
  /// By dependency. From any thread.
  std::map<std::string, Known, std::less<>> known() const;

 private:
  void add(const load::Arrival& arrival, std::uint64_t in_phase);
  bool is_background(std::string_view dependency, const std::string& operation) const;

  const scenario::Scenario& scenario_;
  mutable std::mutex mutex_;                      // guards what follows
  std::map<std::uint64_t, fault::Cause> causes_;  // by the arrival's number; none is ever taken out
  std::map<std::string, std::uint64_t, std::less<>> by_trace_;  // by trace-id
  stream::ValueCauses by_value_;
  std::set<std::uint64_t> under_way_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace faultline::run
