#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "core/units.h"
#include "report/markup.h"
#include "report/words.h"

namespace faultline::report {
namespace {

using result::Budget;
using result::Burn;
using result::Check;
using result::Level;
using result::Outcome;
using result::PhaseFigures;
using result::Result;
using result::Suite;
using result::Unjudged;
using result::Verdict;

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6470; --line: #d5dae0; --paper: #fff; --tint: #f5f7f9;
  --held: #1a6b3c; --failed: #b3261e; --invalid: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e6ea; --soft: #9aa4b0; --line: #363c44; --paper: #15181c;
  --tint: #1e2227; --held: #6cc38f; --failed: #ff8a80; --invalid: #e6b455; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 68rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 0 0 .25rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
p { margin: .25rem 0; }
a { color: inherit; }
article { border-top: 2px solid var(--line); margin-top: 2.5rem; padding-top: 1.25rem; }
article:first-of-type { margin-top: 1.5rem; }
.held { color: var(--held); } .failed, .error { color: var(--failed); } .invalid, .not-run { color: var(--invalid); }
.verdict { font-weight: 600; white-space: nowrap; }
.soft { color: var(--soft); }
code { font: 13px/1.5 ui-monospace, monospace; }
code.repeat { display: block; white-space: pre-wrap; padding: .5rem .75rem; margin: .5rem 0; background: var(--tint);
  border: 1px solid var(--line); border-radius: 4px; user-select: all; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .75rem 0; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); font-size: 13px; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.scroll { overflow-x: auto; }
.scroll td { white-space: nowrap; }
td .detail { display: block; color: var(--soft); font-size: 13px; white-space: pre-line; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 1.25rem; }
table.checks { table-layout: fixed; }
table.checks th:nth-child(1) { width: 6rem; }
table.checks th:nth-child(2) { width: 40%; }
.budget + .budget { margin-top: 1.25rem; }
.text { white-space: pre-line; }
@media (max-width: 45rem) {
  table.checks, table.checks tbody, table.checks tr, table.checks td { display: block; width: auto; }
  table.checks thead { display: none; }
  table.checks tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  table.checks td { border: 0; padding: .05rem 0; }
  table.checks td:empty { display: none; }
  table.checks td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
}
@page { margin: 16mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 11px; }
  code, th, td .detail { font-size: 10px; }
  tr, .budget { break-inside: avoid; } h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; } .scroll td { white-space: normal; }
  article + article { break-before: page; }
}
)css";

// The steps of a playbook; what is judged of recovery as a whole stands with them, after the steps.
constexpr std::array<std::string_view, 6> kPlaybook = {"incident",   "symptom",    "diagnosis",
                                                       "workaround", "mitigation", "recovery"};

bool is_of_playbook(const Check& check) {
  return std::find(kPlaybook.begin(), kPlaybook.end(), check.kind) != kPlaybook.end();
}

std::string verdict_span(const std::string& word) {
  const std::string style = word == "not run" ? "not-run" : word;
  return fmt::format("<span class=\"verdict {}\">{}</span>", style, word);
}

// What the field is called is beside it only where the columns are not.
std::string cell_of(std::string_view label, const std::string& text) {
  return text.empty()
             ? "<td></td>"
             : fmt::format("<td data-label=\"{}\"><span class=\"text\">{}</span></td>", label, in_text(text));
}

std::string row_of(const Check& check) {
  const std::string place =
      check.where.empty() || check.where == "run" ? "" : fmt::format(" in {}", in_text(check.where));
  const std::string detail =
      check.detail.empty() ? "" : fmt::format("<span class=\"detail\">{}</span>", in_text(check.detail));
  return fmt::format(
      "<tr><td>{}</td><td class=\"what\"><span class=\"soft\">{}{}:</span> {}{}</td>{}{}{}</tr>\n",
      verdict_span(to_text(check.verdict)), in_text(check.kind), place, in_text(check.what), detail,
      cell_of("target", check.target), cell_of("actual", check.actual), cell_of("margin", check.margin));
}

template <typename Wanted>
std::string checks_section(const char* title, const Result& result, const Wanted& wanted) {
  std::string rows;
  for (const Check& check : result.checks) {
    rows += wanted(check) ? row_of(check) : "";
  }
  return rows.empty() ? ""
                      : fmt::format(
                            "<h3>{}</h3>\n<table class=\"checks\">\n"
                            "<thead><tr><th>verdict</th><th>what</th><th>target</th><th>actual</"
                            "th><th>margin</th></tr>"
                            "</thead>\n<tbody>\n{}</tbody>\n</table>\n",
                            title, rows);
}

std::string number_cell(const std::string& text) {
  return fmt::format("<td class=\"number\">{}</td>", in_text(text));
}

std::string number_head(const std::string& text) {
  return fmt::format("<th class=\"number\">{}</th>", in_text(text));
}

std::string phases_section(const Result& result) {
  if (result.phases.empty()) {
    return {};
  }
  const auto dependencies = dependencies_of(result);
  std::string text = "<h3>Phases</h3>\n<div class=\"scroll\"><table>\n<thead><tr><th>phase</th>";
  for (const char* column : {"length", "arrivals", "requests", "errors", "rate", "p50", "p95", "p99"}) {
    text += number_head(column);
  }
  for (const std::string& dependency : dependencies) {
    text += number_head(fmt::format("{} calls", dependency));
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const PhaseFigures& phase : result.phases) {
    text += fmt::format("<tr><td>{}</td>", in_text(phase.name));
    for (const std::string& cell :
         {fmt::format("{:.1f} s", phase.length), fmt::format("{}", phase.arrivals),
          fmt::format("{}", phase.requests), fmt::format("{}", phase.errors), percent(phase.error_rate()),
          or_dash(phase.p50), or_dash(phase.p95), or_dash(phase.p99)}) {
      text += number_cell(cell);
    }
    for (const std::string& dependency : dependencies) {
      const auto calls = phase.calls_per_arrival.find(dependency);
      text +=
          number_cell(calls == phase.calls_per_arrival.end() ? "-" : fmt::format("{:.2f}", calls->second));
    }
    text += "</tr>\n";
  }
  text += "</tbody>\n</table></div>\n";
  if (!dependencies.empty()) {
    text += "<p class=\"soft\">Calls: what the service asked a dependency for, per arrival.</p>\n";
  }
  return text;
}

std::string window(Duration long_one, Duration short_one) {
  return fmt::format("{} and {}", to_text(long_one), to_text(short_one));
}

std::string fired(const Burn& burn) {
  if (!burn.left_out.empty()) {
    return fmt::format("could not be told: {}", burn.left_out);
  }
  if (!burn.fired_at) {
    return "never";
  }
  return burn.until ? fmt::format("{} to {}", to_display(*burn.fired_at), to_display(*burn.until))
                    : fmt::format("from {}", to_display(*burn.fired_at));
}

std::string burns_table(const Budget& budget) {
  if (budget.burns.empty()) {
    return {};
  }
  std::string text =
      "<div class=\"scroll\"><table>\n<thead><tr><th>windows</th><th>in this run</th>"
      "<th class=\"number\">alert at</th><th class=\"number\">peak</th><th>at its "
      "threshold</th></tr></thead>\n"
      "<tbody>\n";
  for (const Burn& burn : budget.burns) {
    text += fmt::format(
        "<tr><td>{}</td><td>{}</td>{}{}<td>{}</td></tr>\n", window(burn.long_window, burn.short_window),
        window(burn.long_in_run, burn.short_in_run), number_cell(fmt::format("{}x", burn.threshold)),
        number_cell(burn.peak ? fmt::format("{:.2f}x", *burn.peak) : "-"), in_text(fired(burn)));
  }
  text += "</tbody>\n</table></div>\n";
  return text;
}

std::string budgets_section(const Result& result) {
  if (result.budgets.empty()) {
    return {};
  }
  std::string text = "<h3>Error budgets</h3>\n";
  for (const Budget& budget : result.budgets) {
    const std::string target = to_text(Ratio{budget.target});
    text += fmt::format(
        "<div class=\"budget\">\n<p><strong>{}</strong> {}: <span class=\"soft\">{}</span></p>\n"
        "<p>allowed = (1 &minus; {}) &times; {} = {:.2f}; spent = {} / {:.2f} = "
        "<strong class=\"{}\">{}</strong></p>\n"
        "<p class=\"soft\">It costs {:.3f} min of the {:.1f} min that {} leaves in a month of 30 "
        "days.</p>\n{}"
        "</div>\n",
        in_text(budget.slo), target, in_text(budget.summary), target, budget.events, budget.allowed,
        budget.bad, budget.allowed, budget.spent > 1 ? "failed" : "held", percent(budget.spent),
        budget.cost_minutes, budget.month_minutes, target, burns_table(budget));
  }
  return text;
}

// How a level is coloured: it decides nothing, but is read like a verdict.
std::string_view style_of(const std::string& level) {
  return level == "target"     ? "held"
         : level == "warning"  ? "invalid"
         : level == "critical" ? "failed"
                               : "soft";
}

std::string levels_section(const Result& result) {
  if (result.levels.empty()) {
    return {};
  }
  std::string text =
      "<h3>Levels</h3>\n<table class=\"checks\">\n<thead><tr><th>level</th><th>what</th><th>target</th>"
      "<th>warning</th><th>actual</th></tr></thead>\n<tbody>\n";
  for (const Level& level : result.levels) {
    const std::string place =
        level.where.empty() || level.where == "run" ? "" : fmt::format(" in {}", in_text(level.where));
    text += fmt::format(
        "<tr><td><span class=\"verdict {}\">{}</span></td><td class=\"what\">{}{}</td>{}{}{}</tr>\n",
        style_of(level.level), in_text(level.level), in_text(level.what), place,
        cell_of("target", level.target), cell_of("warning", level.warning), cell_of("actual", level.actual));
  }
  text +=
      "</tbody>\n</table>\n<p class=\"soft\">Beyond its warning level a figure is critical. Levels decide no "
      "verdict.</p>\n";
  return text;
}

std::string fact(std::string_view name, const std::string& text) {
  return text.empty() ? "" : fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, in_text(text));
}

std::string head_of(const std::string& title, const std::string& scenario, const std::string& word) {
  const std::string name =
      title.empty() || title == scenario
          ? in_text(scenario)
          : fmt::format("{} <span class=\"soft\">{}</span>", in_text(title), in_text(scenario));
  return fmt::format("<h2>{} {}</h2>\n", name, verdict_span(word));
}

std::string body_of(const Result& result) {
  std::string text = head_of(result.title, result.scenario, to_text(result.verdict));
  if (result.stopped) {
    text += "<p class=\"invalid\">Stopped at its first failure: nothing else was judged.</p>\n";
  }
  for (const std::string& note : result.notes) {
    text += fmt::format("<p class=\"invalid\">{}</p>\n", in_text(note));
  }
  text += "<dl class=\"facts\">\n";
  text += fact("seed", fmt::format("{}", result.seed));
  text += fact("Faultline", result.version);
  text += fact("scenario", result.file);
  text += fact("left in", result.directory);
  text += fact("recovery", result.recovery ? to_display(*result.recovery) : "");
  text += fact("budget spent", result.budget_spent ? percent(*result.budget_spent) : "");
  text += fact("ready after", to_display(result.ready_after));
  text += "</dl>\n";
  text += fmt::format("<p class=\"soft\">Run it again:</p>\n<code class=\"repeat\">{}</code>\n",
                      in_text(result.repeat));
  text += checks_section("Playbook", result, is_of_playbook);
  text += checks_section("Expectations", result, [](const Check& check) {
    return !is_of_playbook(check) && check.kind != "invariant" && check.kind != "validity";
  });
  text += checks_section("Invariants", result, [](const Check& check) { return check.kind == "invariant"; });
  text += checks_section("Validity", result, [](const Check& check) { return check.kind == "validity"; });
  text += phases_section(result);
  text += budgets_section(result);
  text += levels_section(result);
  return text;
}

std::string body_of(const Unjudged& one) {
  std::string text = head_of("", one.scenario, to_text(Outcome{one}));
  text += fmt::format("<p class=\"text\">{}</p>\n", in_text(one.problem));
  if (!one.remedy.empty()) {
    text += fmt::format("<p class=\"text soft\">{}</p>\n", in_text(one.remedy));
  }
  text += fmt::format("<dl class=\"facts\">\n{}</dl>\n", fact("scenario", one.file));
  return text;
}

std::string index_row(const Outcome& outcome, std::size_t number) {
  const auto* result = std::get_if<Result>(&outcome);
  std::string others = "-";
  if (result) {
    const auto not_held = std::count_if(result->checks.begin(), result->checks.end(),
                                        [](const Check& check) { return check.verdict != Verdict::held; });
    others = fmt::format("{} of {}", result->checks.size() - static_cast<std::size_t>(not_held),
                         result->checks.size());
  }
  return fmt::format("<tr><td><a href=\"#run-{}\">{}</a></td><td>{}</td>{}{}{}</tr>\n", number,
                     in_text(scenario_of(outcome)), verdict_span(to_text(outcome)), number_cell(others),
                     number_cell(result ? or_dash(result->recovery) : "-"),
                     number_cell(result && result->budget_spent ? percent(*result->budget_spent) : "-"));
}

std::string index_of(const Suite& suite) {
  if (suite.outcomes.size() < 2) {
    return {};
  }
  std::string text =
      "<div class=\"scroll\"><table>\n<thead><tr><th>scenario</th><th>verdict</th>"
      "<th class=\"number\">checks held</th><th class=\"number\">recovery</th>"
      "<th class=\"number\">budget spent</th></tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < suite.outcomes.size(); ++i) {
    text += index_row(suite.outcomes[i], i + 1);
  }
  text += "</tbody>\n</table></div>\n";
  return text;
}

}  // namespace

std::string to_html(const Suite& suite) {
  const std::string title =
      suite.outcomes.size() == 1
          ? fmt::format("Faultline: {} {}", scenario_of(suite.outcomes[0]), to_text(suite.outcomes[0]))
          : fmt::format("Faultline: {}", headline(suite));
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{2}",
      in_text(title), kStyle, index_of(suite));
  for (std::size_t i = 0; i < suite.outcomes.size(); ++i) {
    text += fmt::format("<article id=\"run-{}\">\n{}</article>\n", i + 1,
                        std::visit([](const auto& one) { return body_of(one); }, suite.outcomes[i]));
  }
  text += "</body>\n</html>\n";
  return text;
}

}  // namespace faultline::report
