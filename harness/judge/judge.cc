#include "judge/judge.h"

#include "judge/evidence.h"
#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using Judgement = void (*)(const scenario::Scenario&, const Evidence&, result::Result&);

// In the order of a report: first whether the run says anything at all.
constexpr Judgement kJudgements[] = {
    &add_figures,    &judge_validity, &judge_phase_expectations, &judge_steps,
    &judge_recovery, &judge_budget,   &judge_invariants,
};

}  // namespace

result::Result judge(const scenario::Scenario& scenario, const std::vector<nlohmann::ordered_json>& journal) {
  result::Result result;
  result.scenario = scenario.name;
  result.title = scenario.title;
  result.seed = scenario.seed;
  const Evidence evidence = read_evidence(journal);
  for (const Judgement judgement : kJudgements) {
    judgement(scenario, evidence, result);
  }
  result.verdict = result::overall(result.checks);
  return result;
}

}  // namespace faultline::judge
