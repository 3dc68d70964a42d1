#include "report/terminal.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "report/words.h"

namespace faultline::report {
namespace {

using result::Check;
using result::Outcome;
using result::PhaseFigures;
using result::Result;
using result::Suite;
using result::Verdict;

std::string paint(const Style& style, const char* code, const std::string& text) {
  return style.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

const char* colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return "32";
    case Verdict::failed:
      return "31";
    case Verdict::invalid:
      return "33";
  }
  return "0";
}

std::string mark(const Style& style, Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return paint(style, colour_of(verdict), "ok  ");
    case Verdict::failed:
      return paint(style, colour_of(verdict), "FAIL");
    case Verdict::invalid:
      return paint(style, colour_of(verdict), "VOID");
  }
  return "";
}

std::string phase_lines(const Result& result) {
  std::size_t width = 5;
  for (const PhaseFigures& phase : result.phases) {
    width = std::max(width, phase.name.size());
  }
  std::string text = fmt::format("  {:<{}} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8}\n", "phase", width, "requests",
                                 "p50", "p95", "p99", "errors", "rate");
  for (const PhaseFigures& phase : result.phases) {
    text += fmt::format("  {:<{}} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8}\n", phase.name, width, phase.requests,
                        or_dash(phase.p50), or_dash(phase.p95), or_dash(phase.p99), phase.errors,
                        percent(phase.error_rate()));
  }
  return text;
}

// What the service asked its dependencies for, where that is known.
std::string calls_lines(const Result& result) {
  const std::vector<std::string> dependencies = dependencies_of(result);
  if (dependencies.empty()) {
    return {};
  }
  constexpr std::size_t kNarrowest = 9;
  const std::string title = "calls per arrival";
  std::size_t width = title.size();
  for (const PhaseFigures& phase : result.phases) {
    width = std::max(width, phase.name.size());
  }
  std::string text = fmt::format("  {:<{}}", title, width);
  for (const std::string& dependency : dependencies) {
    text += fmt::format(" {:>{}}", dependency, kNarrowest);
  }
  text += '\n';
  for (const PhaseFigures& phase : result.phases) {
    text += fmt::format("  {:<{}}", phase.name, width);
    for (const std::string& dependency : dependencies) {
      const auto calls = phase.calls_per_arrival.find(dependency);
      text += fmt::format(" {:>{}}",
                          calls == phase.calls_per_arrival.end() ? "-" : fmt::format("{:.2f}", calls->second),
                          std::max(kNarrowest, dependency.size()));
    }
    text += '\n';
  }
  return text;
}

// How the causes of messages were known; empty where nobody asked.
std::string describe(const result::KnownCauses& causes) {
  std::vector<std::string> kinds;
  const auto add = [&](std::uint64_t count, const char* kind) {
    if (count > 0) {
      kinds.push_back(fmt::format("{} {}", count, kind));
    }
  };
  add(causes.header, "by header");
  add(causes.value, "by value");
  add(causes.exclusion, "by exclusion");
  add(causes.background, "background");
  return causes.all() == 0
             ? ""
             : fmt::format("  causes of {} messages: {}\n", causes.all(), fmt::join(kinds, ", "));
}

std::string burn_line(const result::Burn& burn) {
  std::string line = fmt::format("      burn rate {:g} over {} and {}", burn.threshold,
                                 to_text(burn.long_window), to_text(burn.short_window));
  if (!burn.left_out.empty()) {
    return line + fmt::format(" left out: {}\n", burn.left_out);
  }
  return line + fmt::format(" fired from {} to {}, {:.1f} at most\n", to_display(*burn.fired_at),
                            to_display(*burn.until), burn.peak.value_or(0));
}

// Whether a check is of the budget of an objective, by how the judge names it.
bool is_of(const Check& check, const result::Budget& budget) {
  return check.kind == "budget" && check.what.starts_with(budget.slo + ' ');
}

// The budgets that are asked for: all of them, or those of which more was spent than was expected.
std::string budget_lines(const Result& result, const Style& style) {
  std::string text;
  for (const result::Budget& budget : result.budgets) {
    const bool failed = std::any_of(result.checks.begin(), result.checks.end(), [&](const Check& check) {
      return is_of(check, budget) && check.verdict == Verdict::failed;
    });
    if (!style.verbose && !failed) {
      continue;
    }
    text +=
        fmt::format("    {} {}: {} of {} bad, {:.2f} allowed: {:.0f}% spent; costs {:.2f} of {:.1f} min\n",
                    budget.slo, to_text(Ratio{budget.target}), budget.bad, budget.events, budget.allowed,
                    budget.spent * 100, budget.cost_minutes, budget.month_minutes);
    for (const result::Burn& burn : budget.burns) {
      if (burn.fired_at || !burn.left_out.empty()) {
        text += burn_line(burn);
      }
    }
  }
  return text.empty() ? text : "  error budgets\n" + text;
}

// In verbose mode.
std::string level_lines(const Result& result, const Style& style) {
  std::string text;
  for (const result::Level& level : result.levels) {
    if (style.verbose) {
      text += fmt::format("    {:<8} {} in {}: {} (target {}, warning {})\n", level.level, level.what,
                          level.where, level.actual, level.target, level.warning);
    }
  }
  return text.empty() ? text : "  levels\n" + text;
}

std::string check_lines(const Check& check, const Style& style) {
  std::string text = fmt::format("  {} {}\n", mark(style, check.verdict), name_of(check));
  if (check.verdict != Verdict::held || style.verbose) {
    if (!check.actual.empty()) {
      text += fmt::format("       {}\n", finding_of(check));
    }
    if (!check.detail.empty()) {
      text += fmt::format("       {}\n", check.detail);
    }
  }
  return text;
}

}  // namespace

std::string to_terminal(const Result& result, const Style& style) {
  std::string text = fmt::format("\n{}  {}\n", paint(style, "1", result.scenario),
                                 paint(style, colour_of(result.verdict), to_text(result.verdict)));
  text += phase_lines(result);
  text += calls_lines(result);
  std::vector<std::string> facts = {"recovery " + or_dash(result.recovery)};
  if (result.budget_spent) {
    facts.push_back(fmt::format("budget spent {}", percent(*result.budget_spent)));
  }
  facts.push_back("environment ready in " + to_display(result.ready_after));
  text += fmt::format("  {}\n", fmt::join(facts, ", "));
  text += describe(result.causes);
  text += budget_lines(result, style);
  text += level_lines(result, style);
  for (const Check& check : result.checks) {
    text += check_lines(check, style);
  }
  if (result.stopped) {
    text += "  stopped at its first failure: nothing else was judged\n";
  }
  for (const std::string& note : result.notes) {
    text += fmt::format("  {}\n", note);
  }
  text += fmt::format("  left in {}\n", result.directory);
  if (result.verdict != Verdict::held) {
    text += fmt::format("  run it again: {}\n", result.repeat);
  }
  return text;
}

namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kPhaseWidth = 13;  // "27.2 ms 0.00%"

const char* colour_of(const Outcome& outcome) {
  const auto* result = std::get_if<Result>(&outcome);
  return result ? colour_of(result->verdict) : "31";
}

// What a line of either table begins with.
std::string beginning(const Outcome& outcome, std::size_t name_width, const Style& style) {
  const auto* result = std::get_if<Result>(&outcome);
  return fmt::format("{:<{}} {} {:>8}", scenario_of(outcome), name_width,
                     paint(style, colour_of(outcome), fmt::format("{:<7}", to_text(outcome))),
                     result ? or_dash(result->recovery) : "-");
}

std::string budget_of(const Outcome& outcome) {
  const auto* result = std::get_if<Result>(&outcome);
  return result && result->budget_spent ? percent(*result->budget_spent) : "-";
}

std::string figures_of(const PhaseFigures& phase) {
  return fmt::format("{} {}", or_dash(phase.p95), percent(phase.error_rate()));
}

// A column for each phase.
std::string wide_table(const Suite& suite, const std::vector<std::string>& phases, std::size_t name_width,
                       const Style& style) {
  std::string head = fmt::format("{:<{}} {:<7} {:>8}", "scenario", name_width, "verdict", "recovery");
  for (const std::string& phase : phases) {
    head += fmt::format(" {:>{}}", phase, kPhaseWidth);
  }
  head += fmt::format(" {:>7}", "budget");
  std::string text = fmt::format("\n{}\n", paint(style, "1", head));
  for (const Outcome& outcome : suite.outcomes) {
    const auto* result = std::get_if<Result>(&outcome);
    text += beginning(outcome, name_width, style);
    for (const std::string& name : phases) {
      const PhaseFigures* phase = result ? find_phase(*result, name) : nullptr;
      text += fmt::format(" {:>{}}", phase ? figures_of(*phase) : "-", kPhaseWidth);
    }
    text += fmt::format(" {:>7}\n", budget_of(outcome));
  }
  return text;
}

// The phases of each below it.
std::string narrow_table(const Suite& suite, std::size_t name_width, const Style& style) {
  const std::string head =
      fmt::format("{:<{}} {:<7} {:>8} {:>7}", "scenario", name_width, "verdict", "recovery", "budget");
  std::string text = fmt::format("\n{}\n", paint(style, "1", head));
  for (const Outcome& outcome : suite.outcomes) {
    text += fmt::format("{} {:>7}\n", beginning(outcome, name_width, style), budget_of(outcome));
    const auto* result = std::get_if<Result>(&outcome);
    std::string line;
    for (const PhaseFigures& phase : result ? result->phases : std::vector<PhaseFigures>{}) {
      const std::string item = fmt::format("  {} {}", phase.name, figures_of(phase));
      if (!line.empty() && line.size() + item.size() > kColumns) {
        text += fmt::format("{}\n", line);
        line.clear();
      }
      line += item;
    }
    text += line.empty() ? "" : fmt::format("{}\n", line);
  }
  return text;
}

// Of a table without colours.
bool fits(const std::string& table) {
  for (std::size_t from = 0; from < table.size();) {
    const std::size_t end = table.find('\n', from);
    if (end - from > kColumns) {
      return false;
    }
    from = end + 1;
  }
  return true;
}

}  // namespace

std::string summary_table(const Suite& suite, const Style& style) {
  std::size_t name_width = 8;
  for (const Outcome& outcome : suite.outcomes) {
    name_width = std::max(name_width, scenario_of(outcome).size());
  }
  const auto phases = phases_of(results_of(suite));
  std::string text = fits(wide_table(suite, phases, name_width, {}))
                         ? wide_table(suite, phases, name_width, style)
                         : narrow_table(suite, name_width, style);
  text += paint(style, "2", "phases: p95 latency and error rate; budget: spent of the run's error budget\n");
  return text;
}

}  // namespace faultline::report
