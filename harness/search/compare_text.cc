// A comparison for a person at a terminal: the sides, the figures that changed, the checks, and how to repeat each run.

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "search/columns.h"
#include "search/compare.h"

namespace faultline::search {
namespace {

constexpr std::size_t kSide = 16, kPhase = 10, kFigure = 15, kNumber = 9;

std::string value(const Row& row, double number) {
  const bool share = row.of == Row::Of::arrivals_failed || row.of == Row::Of::runs_completed;
  return share ? fmt::format("{:.2f}%", number * 100) : to_display(from_seconds(number));
}

std::string ended(const Ran& ran) {
  if (!ran.judged()) {
    return "could not be run";
  }
  const auto& checks = ran.result.checks;
  const auto held = std::count_if(checks.begin(), checks.end(), [](const result::Check& check) {
    return check.verdict == result::Verdict::held;
  });
  return fmt::format("{}, {} of {} checks", to_text(ran.result.verdict), held, checks.size());
}

std::string side_line(const char* letter, const std::string& name, const ComparedSide& side, const Ran& ran) {
  std::string with = side.service;
  for (const Override& change : side.side.changes) {
    with += fmt::format("{}{}={}", with.empty() ? "" : ", ", change.key, change.value);
  }
  return fmt::format("  {} {} {}{}\n", letter, cell(name, kSide), ended(ran),
                     with.empty() ? "" : fmt::format("\n      {}", with));
}

bool has_samples(const Row& row) {
  return row.samples_a + row.samples_b > 0;
}

std::string figure_lines(const Compared& compared, bool verbose) {
  std::string lines;
  std::size_t same = 0;
  for (const Row& row : compared.rows) {
    if (row.change == Change::same && !verbose) {
      ++same;
      continue;
    }
    lines += fmt::format("  {} {} {:>{}} {:>{}} {:>{}}  {:<6} {:>5}:{:<5} {:>5}\n", cell(row.phase, kPhase),
                         cell(to_text(row.of), kFigure), value(row, row.a), kNumber, value(row, row.b),
                         kNumber, "±" + value(row, row.spread), kNumber, to_text(row.change),
                         has_samples(row) ? row.samples_a : row.a_worse,
                         has_samples(row) ? row.samples_b : row.b_worse,
                         has_samples(row) ? "-" : std::to_string(row.pairs));
  }
  std::string text;
  if (!lines.empty()) {
    text += fmt::format("  {} {} {:>{}} {:>{}} {:>{}}  {:<6} {:>5}:{:<5} {:>5}\n", cell("phase", kPhase),
                        cell("figure", kFigure), "a", kNumber, "b", kNumber, "spread", kNumber, "b is", "a",
                        "b", "pairs");
    text += lines;
  }
  if (std::any_of(compared.rows.begin(), compared.rows.end(), &has_samples)) {
    text += "  users make as many journeys as their service lets them: compared without pairs\n";
  }
  if (same > 0) {
    text += fmt::format("  {} of {} figures differ by no more than a differs from itself\n", same,
                        compared.rows.size());
  }
  return text;
}

std::string check_lines(const std::string& heading, const std::vector<result::Check>& checks) {
  std::string text;
  for (const result::Check& check : checks) {
    const bool in_phase = !check.where.empty() && check.where != "run";
    text +=
        fmt::format("  {} {}{}: {}\n", heading, check.kind, in_phase ? " in " + check.where : "", check.what);
    if (!check.actual.empty()) {
      text += fmt::format("      where not: {}{}\n", check.actual,
                          check.target.empty() ? "" : ", wanted " + check.target);
    }
  }
  return text;
}

std::string point_line(const Compared& compared) {
  const OnlyIn &a = compared.points_only_a, &b = compared.points_only_b;
  if (a.count == 0 && b.count == 0) {
    return {};
  }
  std::string text = fmt::format("  fault points only in a: {}, only in b: {} (in a again, not in a: {})\n",
                                 a.count, b.count, compared.points_only_again.count);
  if (a.count > 0) {
    text += fmt::format("      a: {}\n", a.first);
  }
  if (b.count > 0) {
    text += fmt::format("      b: {}\n", b.first);
  }
  return text;
}

std::string conclusion(const Compared& compared) {
  if (!compared.all_judged()) {
    return "not comparable: a run could not be made";
  }
  if (exit_status(compared) == 4) {
    return "not comparable: a run is invalid";
  }
  const std::string words = fmt::format(
      "{} is {}{}", compared.b.side.name, to_text(compared.change()),
      compared.change() == Change::same ? " as " + compared.a.side.name : " than " + compared.a.side.name);
  const bool must = compared.a.side.must != scenario::Side::Must::anything ||
                    compared.b.side.must != scenario::Side::Must::anything;
  const char* const shown = compared.not_shown.empty() ? "as it must be" : "NOT what it must show";
  return must ? fmt::format("{}; {}", words, shown) : words;
}

}  // namespace

std::string to_text(const Compared& compared, bool verbose) {
  std::string text = fmt::format("\n{}  {}\n", compared.scenario, conclusion(compared));
  text += side_line("a", compared.a.side.name, compared.a, compared.of_a);
  if (!compared.all_judged() || exit_status(compared) == 4) {
    for (const Ran* ran : {&compared.of_a, &compared.of_a_again, &compared.of_b}) {
      if (exit_status(*ran) != 0 && !ran->why().empty()) {
        text += fmt::format("  {}\n", ran->why());
      }
    }
    return text;
  }
  text += fmt::format("    {} {}\n", cell("again", kSide), ended(compared.of_a_again));
  text += side_line("b", compared.b.side.name, compared.b, compared.of_b);
  text += figure_lines(compared, verbose);
  text += check_lines("only b held:", compared.only_b_held);
  text += check_lines("ONLY A HELD:", compared.only_a_held);
  text += check_lines("a held once, not twice:", compared.unsteady);
  text += point_line(compared);
  for (const Row& row : compared.rows) {
    if (row.accepted) {
      text += fmt::format("  {}: worse, which the scenario accepts\n", name_of(row));
    }
  }
  for (const std::string& sentence : compared.not_shown) {
    text += fmt::format("  {}\n", sentence);
  }
  text += fmt::format("  to run one again:\n   a {}\n   b {}\n  left in {}\n", compared.of_a.repeat,
                      compared.of_b.repeat, compared.directory);
  return text;
}

}  // namespace faultline::search
