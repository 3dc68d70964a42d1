// The steps of a playbook: a symptom is absent at rest and seen in its phase, what else is looked for is seen, and
// what is done succeeds.

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using result::Check;
using result::Verdict;
using scenario::Step;

const ProbeLook* find_look(const Evidence& evidence, std::size_t step, bool at_rest) {
  const auto found = std::find_if(evidence.probes.begin(), evidence.probes.end(), [&](const ProbeLook& look) {
    return look.step == step && look.at_rest == at_rest;
  });
  return found == evidence.probes.end() ? nullptr : &*found;
}

void judge_action(const Evidence& evidence, std::size_t index, Check& check) {
  const auto end = std::find_if(evidence.steps.begin(), evidence.steps.end(),
                                [&](const StepEnd& each) { return each.step == index; });
  if (end == evidence.steps.end()) {
    check.verdict = Verdict::invalid;
    check.detail = "the run ended before it was done";
    return;
  }
  check.actual = end->text;
  check.verdict = end->ok ? Verdict::held : Verdict::failed;
}

void judge_probe(const Evidence& evidence, std::size_t index, bool symptom, Check& check) {
  const ProbeLook* look = find_look(evidence, index, false);
  const ProbeLook* rest = symptom ? find_look(evidence, index, true) : nullptr;
  if (rest && rest->seen) {
    check.actual = look ? look->text : rest->text;
    check.verdict = Verdict::failed;
    check.detail =
        fmt::format("it was seen at rest {}({}), so it shows nothing", look ? "as well " : "", rest->text);
    return;
  }
  if (!look || (symptom && !rest)) {
    check.verdict = Verdict::invalid;
    check.detail = look ? "it was not looked for at rest" : "it was not looked for";
    return;
  }
  check.actual = look->text;
  check.verdict = look->seen ? Verdict::held : Verdict::failed;
  check.detail = fmt::format("{} {} {}", look->seen ? "seen" : "not seen", look->seen ? "after" : "within",
                             to_display(look->after));
}

Check judge_step(const scenario::Scenario& scenario, const Evidence& evidence, std::size_t index) {
  const Step& step = scenario.steps[index];
  Check check{.kind = to_text(step.kind), .what = step.say, .where = scenario.phases[step.phase].name};
  if (step.action) {
    check.target = step.action->describe();
    judge_action(evidence, index, check);
  } else {
    check.target = step.probe->describe();
    judge_probe(evidence, index, step.kind == Step::Kind::symptom, check);
  }
  return check;
}

}  // namespace

void judge_steps(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result) {
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    result.checks.push_back(judge_step(scenario, evidence, i));
  }
}

void judge_until_stop(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result) {
  result.stopped = true;
  bool failed = false;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    Check check = judge_step(scenario, evidence, i);
    if (check.verdict == Verdict::invalid) {
      continue;  // its turn did not come
    }
    failed = failed || (i == evidence.stopped->step && check.verdict == Verdict::failed);
    result.checks.push_back(std::move(check));
  }
  // A stop proves nothing: what it is said to follow from must be in the journal.
  if (!failed || evidence.interrupted) {
    result.checks.push_back(
        {.kind = "validity",
         .what = "the run went to its end, or to a failure",
         .where = "run",
         .target = "a step that failed",
         .actual = evidence.interrupted ? "interrupted" : "the step that stopped it had not failed",
         .verdict = Verdict::invalid});
  }
}

}  // namespace faultline::judge
