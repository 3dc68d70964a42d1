#include "report/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/units.h"
#include "report/characters.h"
#include "report/words.h"

namespace faultline::report {
namespace {

using result::Check;
using result::Outcome;
using result::PhaseFigures;
using result::Result;
using result::Suite;
using result::Unjudged;
using result::Verdict;

constexpr std::size_t kLongestCell = 2000;  // bytes: a service's log can be in a detail
constexpr std::size_t kFooter = 400;        // bytes that the longest needs

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string row_of(const std::vector<std::string>& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::string head_of(const std::vector<std::string>& cells) {
  std::string text = row_of(cells);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    text += "| --- ";
  }
  text += "|\n";
  return text;
}

std::string word_of(const Outcome& outcome) {
  const std::string word = to_text(outcome);
  return word == "held" || word == "not run" ? word : fmt::format("**{}**", word);
}

// A fence that nothing in the text can end.
std::string fenced(const std::string& text) {
  std::size_t run = 0, longest = 2;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{0}sh\n{1}\n{0}\n", fence, readable(text));
}

// A part that is left out as a whole, or but for some of its rows.
struct Section {
  std::string head;
  std::vector<std::string> rows;
  std::string tail;
};

Section table_of(const Suite& suite) {
  const auto phases = phases_of(results_of(suite));
  std::vector<std::string> cells = {"scenario", "verdict", "recovery"};
  for (const std::string& phase : phases) {
    cells.push_back(in_markdown(phase));
  }
  cells.emplace_back("budget spent");
  Section section{fmt::format("### Faultline: {}\n\n{}", headline(suite), head_of(cells)), {}, "\n"};
  for (const Outcome& outcome : suite.outcomes) {
    const auto* result = std::get_if<Result>(&outcome);
    cells = {in_markdown(scenario_of(outcome)), word_of(outcome), result ? or_dash(result->recovery) : "-"};
    for (const std::string& name : phases) {
      const PhaseFigures* phase = result ? find_phase(*result, name) : nullptr;
      cells.push_back(phase ? fmt::format("{}, {}", or_dash(phase->p95), percent(phase->error_rate())) : "-");
    }
    cells.push_back(result && result->budget_spent ? percent(*result->budget_spent) : "-");
    section.rows.push_back(row_of(cells));
  }
  section.tail += "Of each phase: p95 of the latency, and the rate of errors.\n";
  return section;
}

std::string facts_of(const Result& result) {
  std::vector<std::string> facts = {in_markdown(result.title), fmt::format("seed {}", result.seed),
                                    fmt::format("Faultline {}", in_markdown(result.version)),
                                    fmt::format("left in {}", in_markdown(result.directory))};
  if (result.stopped) {
    facts.emplace_back("stopped at its first failure: nothing else was judged");
  }
  for (const std::string& note : result.notes) {
    facts.push_back(in_markdown(note));
  }
  return fmt::format("{}\n", fmt::join(facts, ", "));
}

const std::vector<std::string>& check_columns() {
  static const std::vector<std::string> kColumns = {"",       "check",  "target",
                                                    "actual", "margin", "what was seen"};
  return kColumns;
}

std::string row_of(const Check& check) {
  std::vector<std::string> cells = {
      check.verdict == Verdict::held ? "held" : fmt::format("**{}**", to_text(check.verdict))};
  for (const std::string& text : {name_of(check), check.target, check.actual, check.margin, check.detail}) {
    cells.push_back(in_markdown(shortened(text, kLongestCell)));
  }
  return row_of(cells);
}

Section section_of(const Result& result) {
  Section section;
  std::size_t held = 0;
  for (const Check& check : result.checks) {
    if (check.verdict == Verdict::held) {
      ++held;
    } else {
      section.rows.push_back(row_of(check));
    }
  }
  section.head = fmt::format("\n#### {}: {}\n\n{}\n{}", in_markdown(result.scenario), to_text(result.verdict),
                             facts_of(result), head_of(check_columns()));
  section.tail = fmt::format("\n{} other {} held. Run it again:\n\n{}", held, held == 1 ? "check" : "checks",
                             fenced(result.repeat));
  return section;
}

Section section_of(const Unjudged& one) {
  return {fmt::format("\n#### {}: {}\n\n{}\n", in_markdown(one.scenario), to_text(Outcome{one}),
                      in_markdown(shortened(one.problem, kLongestCell))),
          {},
          one.remedy.empty() ? "" : fmt::format("\n{}\n", in_markdown(one.remedy))};
}

std::string folded(const Result& result) {
  // GitHub reads Markdown inside <details> only after an empty line.
  std::string text = fmt::format("\n<details><summary>{}: held ({} checks)</summary>\n\n{}\n{}",
                                 in_markdown(result.scenario), result.checks.size(), facts_of(result),
                                 head_of(check_columns()));
  for (const Check& check : result.checks) {
    text += row_of(check);
  }
  text += fmt::format("\n{}\n</details>\n", fenced(result.repeat));
  return text;
}

// Takes what fits, in the order of its weight, and counts the rest.
class Page {
 public:
  explicit Page(std::size_t room) : room_(room) {}

  bool add(const std::string& text) {
    if (text.size() > room_) {
      return false;
    }
    room_ -= text.size();
    text_ += text;
    return true;
  }
  /// How many rows there was no room for; nothing when it was none at all.
  std::optional<std::size_t> add(const Section& section) {
    if (section.head.size() + section.tail.size() > room_) {
      return std::nullopt;
    }
    room_ -= section.tail.size();
    add(section.head);
    std::size_t left_out = 0;
    for (const std::string& row : section.rows) {
      left_out += add(row) ? 0 : 1;
    }
    text_ += section.tail;
    return left_out;
  }
  std::string take() { return std::move(text_); }

 private:
  std::size_t room_;
  std::string text_;
};

}  // namespace

std::string in_markdown(const std::string& text) {
  std::string out;
  const std::string clean = readable(text);
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const char c = clean[i];
    switch (c) {
      case '\n':
        out += "<br>";
        break;
      case '\r':
        break;
      case '\t':
        out.push_back(' ');
        break;
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '$':  // of a formula
        out += "&#36;";
        break;
      case '@':  // of somebody's name
        out += "&#64;";
        break;
      case '_':  // within a word it is no markup
        if (i > 0 && i + 1 < clean.size() && is_alphanumeric(clean[i - 1]) && is_alphanumeric(clean[i + 1])) {
          out.push_back(c);
          break;
        }
        [[fallthrough]];
      case '|':
      case '`':
      case '*':
      case '[':
      case ']':
      case '~':
      case '#':
      case '\\':
        out.push_back('\\');
        out.push_back(c);
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

namespace {

struct Composed {
  std::string text;
  std::vector<std::string> left_out;
};

Composed compose(const Suite& suite, std::size_t room) {
  Page page(room);
  std::size_t scenarios = 0, checks = 0, held = 0;
  const std::size_t rows = page.add(table_of(suite)).value_or(suite.outcomes.size());
  for (const Outcome& outcome : suite.outcomes) {
    if (to_text(outcome) == "held") {
      continue;
    }
    const Section section = std::visit([](const auto& one) { return section_of(one); }, outcome);
    const auto missing = page.add(section);
    scenarios += missing ? 0 : 1;
    checks += missing.value_or(0);
  }
  for (const Result* result : results_of(suite)) {
    held += result->verdict == Verdict::held && !page.add(folded(*result)) ? 1 : 0;
  }
  Composed composed{page.take(), {}};
  const auto leave_out = [&](std::size_t count, const char* one, const char* many) {
    if (count > 0) {
      composed.left_out.push_back(fmt::format("{} {}", count, count == 1 ? one : many));
    }
  };
  leave_out(rows, "row of the table", "rows of the table");
  leave_out(scenarios, "scenario that did not hold", "scenarios that did not hold");
  leave_out(checks, "check that did not hold", "checks that did not hold");
  leave_out(held, "scenario that held", "scenarios that held");
  return composed;
}

}  // namespace

std::string to_markdown(const Suite& suite, std::size_t limit) {
  Composed composed = compose(suite, limit);
  if (composed.left_out.empty()) {
    return composed.text;
  }
  composed = compose(suite, limit > kFooter ? limit - kFooter : 0);
  const std::string footer =
      fmt::format("\nLeft out, to stay below {} bytes: {}.\n", limit, fmt::join(composed.left_out, ", "));
  return composed.text.size() + footer.size() <= limit ? composed.text + footer : composed.text;
}

}  // namespace faultline::report
