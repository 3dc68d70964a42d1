#include "judge/judge.h"

#include "judge/evidence.h"
#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using Judgement = void (*)(const scenario::Scenario&, const Evidence&, result::Result&);

// In the order of a report: first whether the run says anything at all.
constexpr Judgement kJudgements[] = {
    &add_figures,  &judge_validity, &judge_phase_expectations, &judge_steps,  &judge_recovery,
    &judge_alerts, &judge_budget,   &judge_invariants,         &judge_counts, &judge_levels,
};

// Of a run that was stopped by a failure.
constexpr Judgement kJudgementsUntilStop[] = {&add_figures, &judge_until_stop};

// The scenario with its phases as long as they were: a boundary may have waited, and what is made once may have ended
// before its time.
scenario::Scenario as_it_was(scenario::Scenario scenario, const Evidence& evidence) {
  Duration later{};
  for (scenario::Phase& phase : scenario.phases) {
    phase.begin += later;
    for (const PhaseEdge& edge : evidence.phases) {
      if (edge.phase == phase.name && !edge.begins) {
        phase.length = edge.early ? edge.at - phase.begin : phase.length + edge.waited;
        later += edge.waited;
      }
    }
  }
  return scenario;
}

}  // namespace

result::Result judge(const scenario::Scenario& scenario, const std::vector<nlohmann::ordered_json>& journal) {
  result::Result result;
  result.scenario = scenario.name;
  result.title = scenario.title;
  result.seed = scenario.seed;
  const Evidence evidence = read_evidence(journal);
  const scenario::Scenario as_run = as_it_was(scenario, evidence);
  const auto all = [&](const auto& judgements) {
    for (const Judgement judgement : judgements) {
      judgement(as_run, evidence, result);
    }
  };
  if (evidence.stopped) {
    all(kJudgementsUntilStop);
  } else {
    all(kJudgements);
  }
  result.verdict = result::overall(result.checks);
  return result;
}

}  // namespace faultline::judge
