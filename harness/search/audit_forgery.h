#pragma once
// Forged evidence: the journal of a run that held, with one thing in it as it must not be. A check that still holds when
// it is judged by such a journal does not look at what it is said to be about.

#include <functional>
#include <string>
#include <vector>

#include "result/result.h"
#include "scenario/scenario.h"
#include "search/runs.h"

namespace faultline::search {

struct Forgery {
  std::string what;                                    // "every request of phase 'steady' is an error"
  std::function<bool(const result::Check&)> aimed_at;  // the checks that are about it
  std::function<void(JournalRecords&)> alter;
};

/// The table of audit_forgery.cc for this scenario: a row is made for each phase, step, fault or count that it is about.
std::vector<Forgery> forgeries(const scenario::Scenario& scenario);

}  // namespace faultline::search
