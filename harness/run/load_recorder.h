#pragma once
// Puts what the load does into the journal, and keeps the runs that the service accepted for the collector.

#include <string>
#include <vector>

#include "core/journal.h"
#include "load/observer.h"
#include "run/arrival_causes.h"
#include "run/count_collector.h"
#include "run/phase_clock.h"

namespace faultline::run {

/// A reconciliation that the service accepted, by the captures of its journey.
struct AcceptedRun {
  std::uint64_t arrival = 0;
  std::string phase, tenant, job, execution;
  bool announced = false;  // its tenant had a webhook registered when the run was asked for
};

/// Lives on the load's thread.
class LoadRecorder final : public load::Observer {
 public:
  /// `keep_ended`: whether ended() is wanted.
  LoadRecorder(const PhaseClock& clock, Journal& journal, ArrivalCauses& causes, bool keep_ended);

  void arrival_started(const load::Arrival& arrival, Instant due, Duration late) override;
  void arrival_shed(const load::Arrival& arrival, Instant due) override;
  void request_finished(const load::RequestRecord& record) override;
  void arrival_finished(const load::OutcomeRecord& record) override;

  /// Once the load has ended.
  const std::vector<AcceptedRun>& accepted() const { return accepted_; }
  const std::vector<Ended>& ended() const { return ended_; }

 private:
  void note_webhooks(const load::RequestRecord& record);
  bool announced(std::uint64_t arrival, const std::string& tenant) const;

  const PhaseClock& clock_;
  const Instant start_;
  Journal::Producer& journal_;
  ArrivalCauses& causes_;
  const bool keep_ended_;
  std::vector<AcceptedRun> accepted_;
  std::map<std::uint64_t, std::map<std::string, load::Outcome>>
      of_request_;  // of arrivals under way, by their number
  std::vector<Ended> ended_;
  std::map<std::string, Instant> registered_;  // tenant -> when its first webhook was known to be registered
  std::map<std::uint64_t, Instant> run_asked_for_;  // by arrivals under way
};

}  // namespace faultline::run
