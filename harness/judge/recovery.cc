// How soon the service was well again.
//
// From the moment the last fault was lifted or the last mitigation had ended, whichever is later, the rest of the
// run is cut into windows; what does not fill a window at the end is left out. A window is good when every
// expression of `when` holds of the requests that were due in it; one in which none was due is not good. Recovered
// is the start of the first window from which all are good, when they make up `hold` at least.

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "judge/incident.h"
#include "judge/judgements.h"
#include "judge/measure.h"

namespace faultline::judge {
namespace {

using result::Check;
using result::Verdict;
using scenario::RecoveryExpectation;
using scenario::Scenario;

// The requests that were due in each whole window from `begin` to the end of the run.
std::vector<Requests> windows_from(Duration begin, Duration window, const Scenario& scenario,
                                   const Evidence& evidence) {
  const auto count = std::max<Duration::rep>(0, (scenario.length() - begin) / window);
  std::vector<Requests> windows(static_cast<std::size_t>(count));
  for (const Request& request : evidence.requests) {
    if (request.due < begin) {
      continue;
    }
    const auto index = static_cast<std::size_t>((request.due - begin) / window);
    if (index < windows.size()) {
      windows[index].push_back(&request);
    }
  }
  return windows;
}

// Why a window is not good; empty when it is.
std::string complaint(const RecoveryExpectation& recovery, const Requests& requests) {
  if (requests.empty()) {
    return "no request was due";
  }
  for (const scenario::Expression& expression : recovery.when) {
    const Measured measured = measure(expression, requests, recovery.window);
    if (!measured.value) {
      return fmt::format("'{}' had no samples", expression.text);
    }
    if (!expression.comparison.holds(*measured.value)) {
      return fmt::format("'{}' was {}", expression.text, display(expression, *measured.value));
    }
  }
  return {};
}

// The recovery time, when there was one.
std::optional<Duration> judge_one(const RecoveryExpectation& recovery, const Scenario& scenario,
                                  const Evidence& evidence, Check& check) {
  const Lift lift = find_lift(scenario, evidence);
  check.verdict = Verdict::failed;
  if (!lift.never.empty()) {
    check.actual = "not recovered";
    check.detail =
        fmt::format("the fault was never lifted: '{}' was on until the end of the run", lift.never);
    return std::nullopt;
  }
  if (!lift.at) {
    // Where every fault was taken out of the scenario, it is what was wanted that did not come about, not the test.
    check.verdict = all_taken_out(scenario) ? Verdict::failed : Verdict::invalid;
    check.actual = "nothing to recover from";
    check.detail = "no fault was on, and nothing was mitigated";
    return std::nullopt;
  }
  const std::vector<Requests> windows = windows_from(*lift.at, recovery.window, scenario, evidence);
  std::size_t first_good = windows.size();
  std::string last_complaint;
  while (first_good > 0) {
    last_complaint = complaint(recovery, windows[first_good - 1]);
    if (!last_complaint.empty()) {
      break;
    }
    --first_good;
  }
  const Duration took = static_cast<Duration::rep>(first_good) * recovery.window;
  const Duration good = static_cast<Duration::rep>(windows.size() - first_good) * recovery.window;
  const std::string why = last_complaint.empty()
                              ? ""
                              : fmt::format("; the last bad window ended {} after the fault was lifted: {}",
                                            to_display(took), last_complaint);
  if (good < recovery.hold) {
    const Duration left = std::max(Duration::zero(), scenario.length() - *lift.at);
    check.actual = "not recovered";
    check.detail = fmt::format(
        "not recovered by the end of the run, {} after the fault was lifted: good for the "
        "last {}, and {} are asked for{}",
        to_display(left), to_display(good), to_display(recovery.hold), why);
    return std::nullopt;
  }
  const bool held = took <= recovery.within;
  check.verdict = held ? Verdict::held : Verdict::failed;
  check.actual = to_display(took);
  check.margin =
      to_display(held ? recovery.within - took : took - recovery.within) + (held ? " left" : " over");
  check.detail = fmt::format("lifted at {}, and good in all of the last {}{}", to_display(*lift.at),
                             to_display(good), why);
  return took;
}

}  // namespace

void judge_recovery(const Scenario& scenario, const Evidence& evidence, result::Result& result) {
  bool all = !scenario.recoveries.empty();
  Duration longest{};
  for (const RecoveryExpectation& recovery : scenario.recoveries) {
    std::vector<std::string> when;
    for (const scenario::Expression& expression : recovery.when) {
      when.push_back(expression.text);
    }
    Check check{.kind = "recovery",
                .what = fmt::format("recovered: {}", fmt::join(when, ", ")),
                .where = "run",
                .target = "within " + to_display(recovery.within)};
    const auto took = judge_one(recovery, scenario, evidence, check);
    all = all && took.has_value();
    longest = std::max(longest, took.value_or(Duration::zero()));
    result.checks.push_back(std::move(check));
  }
  if (all) {
    result.recovery = longest;
  }
}

}  // namespace faultline::judge
