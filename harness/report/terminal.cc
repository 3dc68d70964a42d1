#include "report/terminal.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"

namespace faultline::report {
namespace {

using result::Check;
using result::PhaseFigures;
using result::Result;
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

std::string or_dash(const std::optional<Duration>& duration) {
  return duration ? to_display(*duration) : "-";
}

std::string percent(double share) {
  return fmt::format("{:.2f}%", share * 100);
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
  std::vector<std::string> dependencies;
  for (const PhaseFigures& phase : result.phases) {
    for (const auto& [dependency, calls] : phase.calls_per_arrival) {
      if (std::find(dependencies.begin(), dependencies.end(), dependency) == dependencies.end()) {
        dependencies.push_back(dependency);
      }
    }
  }
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
  std::string text =
      fmt::format("  {} {}{}: {}\n", mark(style, check.verdict), check.kind,
                  check.where.empty() || check.where == "run" ? "" : " in " + check.where, check.what);
  if (check.verdict != Verdict::held || style.verbose) {
    const std::string margin = check.margin.empty() ? "" : fmt::format(" ({})", check.margin);
    if (!check.actual.empty()) {
      text += fmt::format("       {}{}{}\n", check.actual,
                          check.target.empty() ? "" : ", wanted " + check.target, margin);
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
  text += fmt::format("  left in {}\n", result.directory);
  if (result.verdict != Verdict::held) {
    text += fmt::format("  run it again: {}\n", result.repeat);
  }
  return text;
}

std::string summary_table(const std::vector<Result>& results, const Style& style) {
  std::size_t name_width = 8;
  std::vector<std::string> phases;
  for (const Result& result : results) {
    name_width = std::max(name_width, result.scenario.size());
    for (const PhaseFigures& phase : result.phases) {
      if (std::find(phases.begin(), phases.end(), phase.name) == phases.end()) {
        phases.push_back(phase.name);
      }
    }
  }
  constexpr int kPhaseWidth = 13;  // "27.2 ms 0.00%"
  std::string head = fmt::format("{:<{}} {:<7} {:>8}", "scenario", name_width, "verdict", "recovery");
  for (const std::string& phase : phases) {
    head += fmt::format(" {:>{}}", phase, kPhaseWidth);
  }
  head += fmt::format(" {:>7}", "budget");
  std::string text = fmt::format("\n{}\n", paint(style, "1", head));
  for (const Result& result : results) {
    text +=
        fmt::format("{:<{}} {} {:>8}", result.scenario, name_width,
                    paint(style, colour_of(result.verdict), fmt::format("{:<7}", to_text(result.verdict))),
                    or_dash(result.recovery));
    for (const std::string& name : phases) {
      const auto phase = std::find_if(result.phases.begin(), result.phases.end(),
                                      [&](const PhaseFigures& each) { return each.name == name; });
      const std::string cell = phase == result.phases.end()
                                   ? "-"
                                   : fmt::format("{} {}", or_dash(phase->p95), percent(phase->error_rate()));
      text += fmt::format(" {:>{}}", cell, kPhaseWidth);
    }
    text += fmt::format(" {:>7}\n", result.budget_spent ? percent(*result.budget_spent) : "-");
  }
  text += paint(style, "2", "phases: p95 latency and error rate; budget: spent of the run's error budget\n");
  return text;
}

}  // namespace faultline::report
