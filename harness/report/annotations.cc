#include "report/annotations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "report/characters.h"
#include "report/words.h"

namespace faultline::report {
namespace {

using result::Check;
using result::Result;
using result::Suite;
using result::Unjudged;
using result::Verdict;

struct Annotation {
  std::size_t rank = 0;  // 0 is the worst
  const char* command = "error";
  std::string file, title, message;
};

// What the service broke for its users weighs more than what was seen on the way there; a step may be of the kind
// "recovery" too, and stands with it.
constexpr std::array<std::string_view, 10> kWorstFirst = {"invariant",  "budget",  "recovery",  "expectation",
                                                          "incident",   "symptom", "diagnosis", "workaround",
                                                          "mitigation", "validity"};

// Of an environment that could not be had 0, of checks that failed 1 and on, of invalid ones beyond those.
std::size_t rank_of(const Check& check) {
  const auto* const place = std::find(kWorstFirst.begin(), kWorstFirst.end(), check.kind);
  const auto kind = static_cast<std::size_t>(place - kWorstFirst.begin());
  if (check.verdict == Verdict::failed) {
    return 1 + kind;
  }
  // Of what did not test, why the run was no test comes first.
  const std::size_t after_failed = 2 + kWorstFirst.size();
  return check.kind == "validity" ? after_failed : after_failed + 1 + kind;
}

constexpr std::size_t kLast = 100;

std::string message_of(const Check& check, const Result& result) {
  std::string text = fmt::format("{}\n{}", name_of(check), finding_of(check));
  if (!check.detail.empty()) {
    text += fmt::format("\n{}", check.detail);
  }
  text += fmt::format("\nrun it again: {}", result.repeat);
  return text;
}

void add(const Result& result, std::vector<Annotation>& to) {
  for (const Check& check : result.checks) {
    if (check.verdict != Verdict::held) {
      to.push_back({rank_of(check), check.verdict == Verdict::failed ? "error" : "warning", result.file,
                    fmt::format("{}: {} {}", result.scenario, check.kind, to_text(check.verdict)),
                    message_of(check, result)});
    }
  }
}

void add(const Unjudged& one, std::vector<Annotation>& to) {
  const char* between = one.remedy.empty() ? "" : "\n";
  to.push_back({one.interrupted ? kLast : 0, one.interrupted ? "warning" : "error", one.file,
                fmt::format("{}: {}", one.scenario, one.interrupted ? "not run" : "no environment"),
                fmt::format("{}{}{}", one.problem, between, one.remedy)});
}

// As @actions/core does; the runner undoes it.
std::string escaped(const std::string& text, bool property) {
  std::string out;
  for (const char c : readable(text)) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string line_of(const Annotation& annotation) {
  const std::string file =
      annotation.file.empty() ? "" : fmt::format("file={},", escaped(annotation.file, true));
  return fmt::format("::{} {}title={}::{}\n", annotation.command, file, escaped(annotation.title, true),
                     escaped(annotation.message, false));
}

}  // namespace

std::string to_annotations(const Suite& suite, std::size_t most) {
  std::vector<Annotation> all;
  for (const result::Outcome& outcome : suite.outcomes) {
    std::visit([&](const auto& one) { add(one, all); }, outcome);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Annotation& a, const Annotation& b) { return a.rank < b.rank; });
  if (all.size() > most && most > 0) {
    all[most - 1].message += fmt::format("\nand {} more, which are not shown here", all.size() - most);
    all.resize(most);
  }
  std::string text;
  for (const Annotation& annotation : all) {
    text += line_of(annotation);
  }
  return text;
}

}  // namespace faultline::report
