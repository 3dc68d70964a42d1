#include "search/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "load/arrival.h"
#include "search/trace.h"

namespace faultline::search {
namespace {

using result::Check;
using result::Verdict;
using scenario::Side;

// But for those of journeys of users that the other did not come to begin.
std::vector<std::string> points_of(const Trace& trace, const Trace& other) {
  std::vector<std::string> points;
  for (const auto& [cause, lines] : trace.of_cause) {
    if (load::iteration_of(cause) && !other.of_cause.contains(cause)) {
      continue;
    }
    for (const std::string& line : lines) {
      if (line.rfind("outcome ", 0) != 0) {
        points.push_back(fmt::format("{}  {}", load::number_text(cause), line));
      }
    }
  }
  std::sort(points.begin(), points.end());
  return points;
}

OnlyIn only_in(const Trace& trace, const Trace& other) {
  const auto these = points_of(trace, other), others = points_of(other, trace);
  std::vector<std::string> only;
  std::set_difference(these.begin(), these.end(), others.begin(), others.end(), std::back_inserter(only));
  return {only.size(), only.empty() ? std::string() : only.front()};
}

bool held(const Check* check) {
  return check != nullptr && check->verdict == Verdict::held;
}

void compare_checks(Compared& compared) {
  const auto &in_a = compared.of_a.result.checks, &in_again = compared.of_a_again.result.checks,
             &in_b = compared.of_b.result.checks;
  for (const Check& of_a : in_a) {
    const Check* again = find_same(in_again, of_a);
    const Check* of_b = find_same(in_b, of_a);
    if (again == nullptr || of_b == nullptr) {
      continue;  // a run was stopped by then, or it is about something that this side does not have
    }
    if (held(&of_a) != held(again)) {
      compared.unsteady.push_back(held(&of_a) ? *again : of_a);
    } else if (held(&of_a) && !held(of_b)) {
      compared.only_a_held.push_back(*of_b);
    } else if (!held(&of_a) && held(of_b)) {
      compared.only_b_held.push_back(of_a);
    }
  }
}

std::string words_of(const Check& check) {
  return fmt::format("{} {}: {}", check.kind, check.where, check.what);
}

// What this side had to show, in one of its runs.
void require(const Side& side, const Ran& ran, std::vector<std::string>& not_shown) {
  const result::Result& result = ran.result;
  if (side.must == Side::Must::hold && result.verdict != Verdict::held) {
    not_shown.push_back(
        fmt::format("{} must hold, and {}: {}", side.name, to_text(result.verdict), ran.why()));
  }
  if (side.must != Side::Must::fail) {
    return;
  }
  if (result.verdict != Verdict::failed) {
    not_shown.push_back(fmt::format("{} must fail, and {}", side.name, to_text(result.verdict)));
    return;
  }
  for (const std::string& words : side.fails) {
    const bool failed = std::any_of(result.checks.begin(), result.checks.end(), [&](const Check& check) {
      return check.verdict == Verdict::failed && words_of(check).find(words) != std::string::npos;
    });
    if (!failed) {
      not_shown.push_back(fmt::format("{} must fail '{}', and no such check failed", side.name, words));
    }
  }
}

void compare_runs(const scenario::Scenario& scenario, Compared& compared) {
  std::vector<std::string> phases;
  for (const scenario::Phase& phase : scenario.phases) {
    phases.push_back(phase.name);
  }
  compared.rows = compare_pairs(read_sample(compared.of_a.journal), read_sample(compared.of_a_again.journal),
                                read_sample(compared.of_b.journal), phases);
  const auto recovery = [](const Ran& ran) { return ran.result.recovery; };
  if (recovery(compared.of_a) && recovery(compared.of_a_again) && recovery(compared.of_b)) {
    compared.rows.push_back(compare_recovery(seconds(*recovery(compared.of_a)),
                                             seconds(*recovery(compared.of_a_again)),
                                             seconds(*recovery(compared.of_b))));
  }
  const auto& accepted = compared.b.side.may_be_worse;
  for (Row& row : compared.rows) {
    row.accepted = row.change == Change::worse &&
                   std::find(accepted.begin(), accepted.end(), name_of(row)) != accepted.end();
  }
  compare_checks(compared);
  const Trace a = read_trace(compared.of_a.journal), again = read_trace(compared.of_a_again.journal),
              b = read_trace(compared.of_b.journal);
  compared.points_only_a = only_in(a, b);
  compared.points_only_b = only_in(b, a);
  compared.points_only_again = only_in(again, a);
  require(compared.a.side, compared.of_a, compared.not_shown);
  require(compared.a.side, compared.of_a_again, compared.not_shown);
  require(compared.b.side, compared.of_b, compared.not_shown);
}

}  // namespace

Change Compared::change() const {
  const auto any = [&](Change of) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const Row& row) { return row.change == of && !row.accepted; });
  };
  if (any(Change::worse) || !only_a_held.empty()) {
    return Change::worse;
  }
  return any(Change::better) || !only_b_held.empty() ? Change::better : Change::same;
}

Compared compare(const scenario::Scenario& scenario, const ComparedSide& a, const ComparedSide& b,
                 const Runner& run, CompareObserver& observer) {
  Compared compared{
      .scenario = scenario.name, .title = scenario.title, .seed = scenario.seed, .a = a, .b = b};
  struct Turn {
    const ComparedSide& side;
    std::string directory, name;
    Ran& ran;
  };
  const Turn turns[] = {{a, "a", a.side.name, compared.of_a},
                        {a, "a-again", a.side.name + " again", compared.of_a_again},
                        {b, "b", b.side.name, compared.of_b}};
  for (const Turn& turn : turns) {
    observer.run_begins(turn.name);
    turn.ran = run({.name = turn.directory,
                    .overrides = turn.side.side.changes,
                    .service = turn.side.service,
                    .wants_journal = true});
    if (turn.ran.end == Ran::End::interrupted) {
      compared.interrupted = true;
      return compared;
    }
    observer.run_ended(turn.name, turn.ran);
    if (!turn.ran.judged()) {
      return compared;
    }
  }
  compare_runs(scenario, compared);
  for (const Turn& turn : turns) {
    turn.ran.journal.clear();  // large, and read
  }
  return compared;
}

int exit_status(const Compared& compared) {
  for (const Ran* ran : {&compared.of_a, &compared.of_a_again, &compared.of_b}) {
    if (!ran->judged() || ran->result.verdict == Verdict::invalid) {
      return exit_status(*ran);
    }
  }
  return compared.not_shown.empty() && compared.change() != Change::worse ? 0 : 1;
}

}  // namespace faultline::search
