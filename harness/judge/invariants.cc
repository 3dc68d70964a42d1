// What must be true of the service's own data after the run, as the collectors found it. With nothing to look at, no
// invariant holds.

#include <fmt/format.h>

#include <algorithm>

#include "core/assert.h"
#include "core/units.h"
#include "judge/judgements.h"

namespace faultline::judge {
namespace {

using nlohmann::ordered_json;
using result::Check;
using result::Verdict;
using scenario::Invariant;
using scenario::Scenario;

Check new_check(Invariant invariant, const std::string& where, const std::string& target) {
  return {.kind = "invariant", .what = to_text(invariant), .where = where, .target = target};
}

std::string name_of(const AcceptedRun& run) {
  return fmt::format("{}, job {}", load::arrival_text(run.arrival), run.job);
}

Check every_accepted_run_ends(const Evidence& evidence) {
  Check check = new_check(Invariant::every_accepted_run_ends, "run", "all");
  const auto open = std::count_if(evidence.runs.begin(), evidence.runs.end(),
                                  [](const AcceptedRun& run) { return !run.ended(); });
  const bool held = open == 0 && !evidence.runs.empty();
  check.verdict = held ? Verdict::held : Verdict::failed;
  check.actual = evidence.runs.empty()
                     ? "no run was accepted"
                     : fmt::format("{} of {} ended", evidence.runs.size() - static_cast<std::size_t>(open),
                                   evidence.runs.size());
  if (open > 0) {
    const auto first = std::find_if(evidence.runs.begin(), evidence.runs.end(),
                                    [](const AcceptedRun& run) { return !run.ended(); });
    check.margin = fmt::format("{} short", open);
    check.detail = fmt::format("the first is {}: {}", name_of(*first), first->status);
  }
  return check;
}

Check accepted_runs_complete(const Scenario& scenario, const Evidence& evidence, const std::string& phase) {
  const Ratio floor = scenario.completion_floor(phase);
  const double least = floor.value;
  Check check = new_check(Invariant::accepted_runs_complete, phase, ">= " + to_text(floor));
  std::size_t accepted = 0, completed = 0;
  const AcceptedRun* first = nullptr;
  for (const AcceptedRun& run : evidence.runs) {
    if (run.phase != phase) {
      continue;
    }
    ++accepted;
    completed += run.completed() ? 1 : 0;
    if (!run.completed() && !first) {
      first = &run;
    }
  }
  if (accepted == 0) {
    check.verdict = least > 0 ? Verdict::failed : Verdict::held;
    check.actual = "no run was accepted";
    return check;
  }
  const double share = static_cast<double>(completed) / static_cast<double>(accepted);
  const bool held = share >= least;
  check.verdict = held ? Verdict::held : Verdict::failed;
  check.actual = fmt::format("{:.2f}%", share * 100);
  check.margin = held ? fmt::format("{:.2f} points to spare", (share - least) * 100)
                      : fmt::format("{:.2f} points short", (least - share) * 100);
  check.detail = fmt::format("{} of {} completed", completed, accepted);
  if (first) {
    check.detail += fmt::format("; the first that did not is {}: {}", name_of(*first), first->status);
  }
  return check;
}

// The first field in which a report differs from the ledger, in words; empty when there is none. What the report
// says beyond the ledger's fields is its own.
std::string difference(const ordered_json& ledger, const ordered_json& summary) {
  for (const auto& [field, expected] : ledger.items()) {
    const auto actual = summary.find(field);
    if (actual == summary.end()) {
      return fmt::format("it has no '{}', which is {}", field, expected.dump());
    }
    if (*actual != expected) {
      return fmt::format("its '{}' is {}, and should be {}", field, actual->dump(), expected.dump());
    }
  }
  return {};
}

Check reports_match_the_ledger(const Evidence& evidence) {
  Check check = new_check(Invariant::reports_match_the_ledger, "run", "all");
  if (!evidence.ledger) {
    check.verdict = Verdict::invalid;
    check.actual = "no ledger";
    check.detail = "the journal does not say what a report must say";
    return check;
  }
  std::size_t fresh = 0, wrong = 0;
  for (const Report& report : evidence.reports) {
    if (report.stale) {
      continue;  // says itself that it is not of the present data
    }
    ++fresh;
    const std::string differs = difference(*evidence.ledger, report.summary);
    if (!differs.empty() && wrong++ == 0) {
      check.detail = fmt::format("the first that does not is of {}, job {}: {}",
                                 load::arrival_text(report.arrival), report.job, differs);
    }
  }
  check.verdict = fresh > 0 && wrong == 0 ? Verdict::held : Verdict::failed;
  check.actual = fresh == 0 ? "no report" : fmt::format("{} of {} match", fresh - wrong, fresh);
  if (wrong > 0) {
    check.margin = fmt::format("{} short", wrong);
  } else {
    const std::size_t stale = evidence.reports.size() - fresh;
    check.detail = fmt::format("{} more were marked stale, and not compared", stale);
  }
  return check;
}

bool is_refusal(int status) {
  constexpr int kUnauthorised = 401, kForbidden = 403, kNotFound = 404;
  return status == kUnauthorised || status == kForbidden || status == kNotFound;
}

Check no_tenant_sees_another(const Evidence& evidence) {
  Check check = new_check(Invariant::no_tenant_sees_another, "run", "401, 403 or 404 to all");
  std::size_t wrong = 0;
  for (const Stranger& stranger : evidence.strangers) {
    if (!is_refusal(stranger.status) && wrong++ == 0) {
      check.detail =
          fmt::format("the first that was not: {} asked for {}, of {}: {}", stranger.tenant, stranger.target,
                      load::arrival_text(stranger.arrival),
                      stranger.status == 0 ? "no answer" : fmt::format("HTTP {}", stranger.status));
    }
  }
  const std::size_t asked = evidence.strangers.size();
  check.verdict = asked > 0 && wrong == 0 ? Verdict::held : Verdict::failed;
  check.actual = asked == 0 ? "nothing was asked for" : fmt::format("{} of {} refused", asked - wrong, asked);
  if (wrong > 0) {
    check.margin = fmt::format("{} short", wrong);
  }
  return check;
}

Check repeats_answered_alike(const Evidence& evidence) {
  Check check = new_check(Invariant::repeats_answered_alike, "run", "all");
  std::size_t repeats = 0, other = 0;
  for (const Request& request : evidence.requests) {
    if (!request.alike) {
      continue;
    }
    ++repeats;
    if (!*request.alike && other++ == 0) {
      check.detail = fmt::format("the first that was not is {} of {}", request.route,
                                 load::arrival_text(request.arrival));
    }
  }
  check.verdict = repeats > 0 && other == 0 ? Verdict::held : Verdict::failed;
  check.actual = repeats == 0 ? "no request was sent again"
                              : fmt::format("{} of {} as the first time", repeats - other, repeats);
  if (other > 0) {
    check.margin = fmt::format("{} short", other);
  }
  return check;
}

}  // namespace

void judge_invariants(const Scenario& scenario, const Evidence& evidence, result::Result& result) {
  for (const Invariant invariant : scenario.invariants) {
    switch (invariant) {
      case Invariant::every_accepted_run_ends:
        result.checks.push_back(every_accepted_run_ends(evidence));
        break;
      case Invariant::accepted_runs_complete:
        FAULTLINE_ASSERT(!scenario.phases.empty(), "a scenario has a phase");
        for (const scenario::Phase& phase : scenario.phases) {
          if (!scenario.nothing_must_complete_in(phase.name)) {
            result.checks.push_back(accepted_runs_complete(scenario, evidence, phase.name));
          }
        }
        break;
      case Invariant::reports_match_the_ledger:
        result.checks.push_back(reports_match_the_ledger(evidence));
        break;
      case Invariant::no_tenant_sees_another:
        result.checks.push_back(no_tenant_sees_another(evidence));
        break;
      case Invariant::repeats_answered_alike:
        result.checks.push_back(repeats_answered_alike(evidence));
        break;
      case Invariant::no_webhook_lost:
      case Invariant::webhook_repeats_carry_the_same_id:
      case Invariant::no_webhook_before_its_backoff:
      case Invariant::webhook_signatures_verify:
        result.checks.push_back(judge_webhooks(invariant, scenario, evidence));
        break;
    }
  }
}

}  // namespace faultline::judge
