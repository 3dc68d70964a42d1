// What must hold of the requests that were due in a phase.
//
// A percentile of too few requests says nothing. Where the load asked too little, the run is invalid; where it asked
// enough and the service left too much unanswered, that is the service's failure.

#include <fmt/format.h>

#include "judge/judgements.h"
#include "judge/measure.h"

namespace faultline::judge {
namespace {

using result::Check;
using result::Verdict;
using scenario::Expression;

// With its target as a number, where it is a multiple of what another phase had; nothing when that had no such number.
std::optional<Expression> resolved(Expression expression, const scenario::Scenario& scenario,
                                   const Evidence& evidence) {
  if (expression.times.empty()) {
    return expression;
  }
  const Measured base = measure(expression, *scenario.phase(expression.times), evidence);
  if (!base.value) {
    return std::nullopt;
  }
  expression.comparison.target *= *base.value;
  expression.times.clear();
  return expression;
}

std::string described(const Expression& expression, const Measured& measured) {
  switch (expression.metric) {
    case scenario::Metric::calls_per_arrival:
      return {};
    case scenario::Metric::checks:
      return fmt::format("of {} checks", measured.samples);
    case scenario::Metric::http_req_duration:
      return fmt::format("of {} answered requests", measured.samples);
    default:
      return fmt::format("of {} requests", measured.samples);
  }
}

Check judge_expression(const Expression& written, const scenario::Phase& phase,
                       const scenario::Scenario& scenario, const Evidence& evidence) {
  Check check{
      .kind = "expectation", .what = written.text, .where = phase.name, .target = display_target(written)};
  const Measured measured = measure(written, phase, evidence);
  if (!measured.value) {
    check.actual = measured.asked == 0 ? "no requests" : "no samples";
    check.verdict = Verdict::failed;
    check.detail = fmt::format("{} requests were due, and none of them gives a value", measured.asked);
    return check;
  }
  const auto absolute = resolved(written, scenario, evidence);
  if (!absolute) {
    check.actual = display(written, *measured.value);
    check.verdict = Verdict::invalid;
    check.detail = fmt::format("phase '{}' has no such number to compare with", written.times);
    return check;
  }
  const Expression& expression = *absolute;
  if (!written.times.empty()) {
    check.target += fmt::format(" ({})", display(expression, expression.comparison.target));
  }
  const double needed = samples_needed(expression);
  check.actual = display(expression, *measured.value);
  if (static_cast<double>(measured.samples) < needed) {
    const bool asked_too_little = static_cast<double>(measured.asked) < needed;
    check.verdict = asked_too_little ? Verdict::invalid : Verdict::failed;
    check.detail =
        fmt::format("could not be judged: it needs {:.0f} answered requests, and {} of {} were answered",
                    needed, measured.samples, measured.asked);
    return check;
  }
  check.margin = margin(expression, *measured.value);
  check.verdict = expression.comparison.holds(*measured.value) ? Verdict::held : Verdict::failed;
  check.detail = described(expression, measured);
  return check;
}

}  // namespace

void judge_phase_expectations(const scenario::Scenario& scenario, const Evidence& evidence,
                              result::Result& result) {
  for (const scenario::PhaseExpectation& expectation : scenario.expectations) {
    for (const std::size_t index : expectation.phases) {
      const scenario::Phase& phase = scenario.phases[index];
      for (const Expression& expression : expectation.that) {
        result.checks.push_back(judge_expression(expression, phase, scenario, evidence));
      }
    }
  }
}

}  // namespace faultline::judge
