// What must be true of the webhooks by which the service told of its runs. What a receiver can know of a sender is in
// webhook_receiver/findings.h; here it becomes checks. With nothing to look at, none of them holds.

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>

#include "core/assert.h"
#include "judge/judgements.h"
#include "webhook_receiver/findings.h"

namespace faultline::judge {
namespace {

using result::Check;
using result::Verdict;
using scenario::Invariant;
using webhook_receiver::Attempt;
using webhook_receiver::Contract;
using webhook_receiver::Finding;
using webhook_receiver::Kind;

// What came only when the run no longer waited for it counts as lost.
void no_webhook_lost(const Evidence& evidence, const Contract& contract, Check& check) {
  std::set<std::string> told;
  for (const Attempt& attempt : evidence.webhooks.attempts) {
    if (succeeded(attempt, contract)) {
      told.insert(attempt.subject);
    }
  }
  std::size_t announced = 0, lost = 0;
  const AcceptedRun* first = nullptr;
  for (const AcceptedRun& run : evidence.runs) {
    if (!run.announced || !run.ended()) {
      continue;
    }
    ++announced;
    if (!told.contains(run.execution)) {
      ++lost;
      first = first ? first : &run;
    }
  }
  if (announced == 0) {
    check.verdict = Verdict::failed;
    check.actual = "no run was announced";
    check.detail =
        "of no tenant a webhook was registered before one of its runs was asked for that has ended";
    return;
  }
  check.actual = fmt::format("{} of {} runs told of", announced - lost, announced);
  if (first) {
    check.verdict = Verdict::failed;
    check.margin = fmt::format("{} short", lost);
    check.detail =
        fmt::format("the first that was not is {}, job {}, execution {}: {}",
                    load::arrival_text(first->arrival), first->job, first->execution, first->status);
  }
}

// The findings of these kinds, of which there should be none.
void none_of(std::initializer_list<Kind> kinds, const Evidence& evidence, const Contract& contract,
             Check& check) {
  const std::vector<Attempt>& attempts = evidence.webhooks.attempts;
  std::vector<Finding> findings = webhook_receiver::judge(attempts, contract).findings;
  std::erase_if(findings, [&](const Finding& finding) {
    return std::find(kinds.begin(), kinds.end(), finding.kind) == kinds.end();
  });
  if (attempts.empty()) {
    check.verdict = Verdict::failed;
    check.actual = "no webhook came";
    return;
  }
  const auto repeats = std::count_if(attempts.begin(), attempts.end(), [](const Attempt& attempt) {
    return !attempt.delivery_id.empty() && attempt.number > 1;
  });
  check.actual = fmt::format("{} webhooks, {} of them again", attempts.size(), repeats);
  if (!findings.empty()) {
    const Finding& first = findings.front();
    check.verdict = Verdict::failed;
    check.margin = fmt::format("{} too many", findings.size());
    check.detail = fmt::format("the first is at {}{}{}, {}: {}", first.path,
                               first.delivery_id.empty() ? "" : ", delivery ", first.delivery_id,
                               to_text(first.kind), first.text);
  }
}

void webhook_signatures_verify(const Evidence& evidence, const Contract& contract, Check& check) {
  none_of({Kind::bad_signature}, evidence, contract, check);
  const std::vector<Attempt>& attempts = evidence.webhooks.attempts;
  if (attempts.empty()) {
    return;
  }
  const auto valid = std::count_if(attempts.begin(), attempts.end(), [](const Attempt& attempt) {
    return attempt.signature == webhooks::Verdict::valid;
  });
  check.actual = fmt::format("{} of {} verify", valid, attempts.size());
  if (valid == 0) {
    check.verdict = Verdict::failed;
  }
}

}  // namespace

Check judge_webhooks(Invariant invariant, const scenario::Scenario& scenario, const Evidence& evidence) {
  Check check{.kind = "invariant", .what = to_text(invariant), .where = "run", .target = "all"};
  FAULTLINE_ASSERT(scenario.webhooks, "an invariant of a receiver that the scenario does not have");
  const auto& not_noted = evidence.webhooks.not_noted;
  if (not_noted != 0) {
    check.verdict = Verdict::invalid;
    check.actual = not_noted ? fmt::format("{} webhooks were not noted", *not_noted) : "no log of webhooks";
    check.detail = "the journal does not say all that the receiver saw";
    return check;
  }
  const Contract& contract = scenario.webhooks->contract;
  switch (invariant) {
    case Invariant::no_webhook_lost:
      no_webhook_lost(evidence, contract, check);
      break;
    case Invariant::webhook_repeats_carry_the_same_id:
      none_of({Kind::body_changed, Kind::id_changed, Kind::without_id}, evidence, contract, check);
      break;
    case Invariant::no_webhook_before_its_backoff:
      none_of({Kind::too_early}, evidence, contract, check);
      break;
    case Invariant::webhook_signatures_verify:
      webhook_signatures_verify(evidence, contract, check);
      break;
    default:
      FAULTLINE_ASSERT(false, "an invariant that is not about webhooks");
  }
  return check;
}

}  // namespace faultline::judge
