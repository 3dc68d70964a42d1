#pragma once
// What a run is judged by, one file each: the rows of the table in judge.cc. Each is pure, adds its checks to the
// result, and fills in the figures that are its own. Internal to this folder.

#include "judge/evidence.h"
#include "result/result.h"
#include "scenario/scenario.h"

namespace faultline::judge {

/// Result::phases.
void add_figures(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
/// Did the run test what it says?
void judge_validity(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
void judge_phase_expectations(const scenario::Scenario& scenario, const Evidence& evidence,
                              result::Result& result);
void judge_steps(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
/// Of a run that a step's failure has ended, in place of all others: the steps that had their turn. Nothing else can be
/// said of it, neither that it held nor that it did not.
void judge_until_stop(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
/// And Result::recovery.
void judge_recovery(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
/// And Result::budgets, of every objective that there were events of, and budget_spent.
void judge_budget(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
/// Result::levels; no checks.
void judge_levels(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
void judge_alerts(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
/// The numbers that were asked for of each arrival.
void judge_counts(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
void judge_invariants(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result);
/// One of the invariants that are about the webhook receiver.
result::Check judge_webhooks(scenario::Invariant invariant, const scenario::Scenario& scenario,
                             const Evidence& evidence);

}  // namespace faultline::judge
