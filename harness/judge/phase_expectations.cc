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

Check judge_expression(const Expression& expression, const scenario::Phase& phase, const Requests& requests) {
  Check check{.kind = "expectation",
              .what = expression.text,
              .where = phase.name,
              .target = display_target(expression)};
  const Measured measured = measure(expression, requests, phase.length);
  if (!measured.value) {
    check.actual = requests.empty() ? "no requests" : "no samples";
    check.verdict = Verdict::failed;
    check.detail = fmt::format("{} requests were due, and none of them gives a value", requests.size());
    return check;
  }
  const double needed = samples_needed(expression);
  check.actual = display(expression, *measured.value);
  if (static_cast<double>(measured.samples) < needed) {
    const bool asked_too_little = static_cast<double>(requests.size()) < needed;
    check.verdict = asked_too_little ? Verdict::invalid : Verdict::failed;
    check.detail =
        fmt::format("could not be judged: it needs {:.0f} answered requests, and {} of {} were answered",
                    needed, measured.samples, requests.size());
    return check;
  }
  check.margin = margin(expression, *measured.value);
  check.verdict = expression.comparison.holds(*measured.value) ? Verdict::held : Verdict::failed;
  check.detail = fmt::format("of {} {}", measured.samples,
                             expression.metric == scenario::Metric::checks              ? "checks"
                             : expression.metric == scenario::Metric::http_req_duration ? "answered requests"
                                                                                        : "requests");
  return check;
}

}  // namespace

void judge_phase_expectations(const scenario::Scenario& scenario, const Evidence& evidence,
                              result::Result& result) {
  for (const scenario::PhaseExpectation& expectation : scenario.expectations) {
    for (const std::size_t index : expectation.phases) {
      const scenario::Phase& phase = scenario.phases[index];
      Requests requests;
      for (const Request& request : evidence.requests) {
        if (request.phase == phase.name) {
          requests.push_back(&request);
        }
      }
      for (const Expression& expression : expectation.that) {
        result.checks.push_back(judge_expression(expression, phase, requests));
      }
    }
  }
}

}  // namespace faultline::judge
