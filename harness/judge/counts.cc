// What must be true of each arrival, by what is known of the work that it asked for.

#include <fmt/format.h>

#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using load::Outcome;
using result::Check;
using result::Verdict;
using scenario::Count;

std::string target_of(const Count& count) {
  std::string text;
  for (const Outcome outcome : {Outcome::acked, Outcome::failed, Outcome::unknown}) {
    if (const scenario::Range* range = count.right(outcome)) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", load::to_text(outcome), to_text(*range));
    }
  }
  return text;
}

Check judge_count(const Count& count, std::size_t index, const Evidence& evidence) {
  Check check{.kind = "invariant", .what = count.name, .where = "run", .target = target_of(count)};
  std::size_t all = 0, wrong = 0;
  std::size_t of_outcome[3] = {0, 0, 0};
  std::string first;
  for (const Counted& counted : evidence.counted) {
    const scenario::Range* right = count.right(counted.outcome);
    if (counted.count != index || !right) {
      continue;
    }
    ++all;
    ++of_outcome[static_cast<std::size_t>(counted.outcome)];
    if (counted.value && right->holds(*counted.value)) {
      continue;
    }
    if (wrong++ == 0) {
      first =
          fmt::format("; the first that is not right is {} ({}): {}", load::arrival_text(counted.arrival),
                      load::to_text(counted.outcome),
                      counted.value ? fmt::format("{}", *counted.value) : "no number: " + counted.problem);
    }
  }
  check.verdict = all > 0 && wrong == 0 ? Verdict::held : Verdict::failed;
  check.actual = all == 0 ? "no arrival asked for it" : fmt::format("{} of {} right", all - wrong, all);
  if (wrong > 0) {
    check.margin = fmt::format("{} wrong", wrong);
  }
  if (all > 0) {
    check.detail =
        fmt::format("{} acked, {} failed, {} unknown{}", of_outcome[0], of_outcome[1], of_outcome[2], first);
  }
  return check;
}

}  // namespace

void judge_counts(const scenario::Scenario& scenario, const Evidence& evidence, result::Result& result) {
  for (std::size_t i = 0; i < scenario.counts.size(); ++i) {
    result.checks.push_back(judge_count(scenario.counts[i], i, evidence));
  }
}

}  // namespace faultline::judge
