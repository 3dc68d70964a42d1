#pragma once
// After the load: asks the service what became of everything that it accepted, and writes it into the journal, so
// that the verdict follows from the journal alone.

#include <vector>

#include "core/journal.h"
#include "ledger/ledger.h"
#include "loop/stop.h"
#include "run/load_recorder.h"

namespace faultline::run {

struct CollectorLimits {
  /// For runs that have not ended yet, all of them together.
  Duration settle = std::chrono::seconds(10);
  Duration request = std::chrono::seconds(5);
};

/// Asks `service` (an http:// URL) about each accepted run and its report. Gives the runs that have ended.
std::vector<AcceptedRun> collect_runs(const std::string& service, const std::vector<AcceptedRun>& accepted,
                                      Journal::Producer& journal, const Stop& stop,
                                      const CollectorLimits& limits = {});

/// Asks for the job and the report of each of these runs with the key of another tenant, and writes what it was answered.
void collect_strangers(const std::string& service, const std::vector<AcceptedRun>& runs,
                       Journal::Producer& journal, const Stop& stop, const CollectorLimits& limits = {});

/// What a report must say.
void write_ledger(const ledger::Ledger& ledger, Journal::Producer& journal);

}  // namespace faultline::run
