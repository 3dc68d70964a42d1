#include "report/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include "core/units.h"
#include "report/markup.h"
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

// What the elements at the top add up.
struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  double time = 0;  // seconds
  void operator+=(const Counts& more) {
    tests += more.tests;
    failures += more.failures;
    errors += more.errors;
    skipped += more.skipped;
    time += more.time;
  }
};

Counts counts_of(const Result& result) {
  const auto with = [&](Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(result.checks.begin(), result.checks.end(),
                      [&](const Check& check) { return check.verdict == verdict; }));
  };
  return {.tests = result.checks.size(),
          .failures = with(Verdict::failed),
          .errors = with(Verdict::invalid),
          .time = std::accumulate(result.phases.begin(), result.phases.end(), 0.0,
                                  [](double sum, const PhaseFigures& phase) { return sum + phase.length; })};
}

Counts counts_of(const Unjudged& one) {
  return one.interrupted ? Counts{.tests = 1, .skipped = 1} : Counts{.tests = 1, .errors = 1};
}

std::string suite_start(const std::string& name, const Counts& counts) {
  return fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n",
      in_attribute(name), counts.tests, counts.failures, counts.errors, counts.skipped, counts.time);
}

std::string case_start(const std::string& scenario, const std::string& kind, const std::string& name,
                       double time) {
  return fmt::format("    <testcase classname=\"faultline.{}.{}\" name=\"{}\" time=\"{:.3f}\"",
                     in_attribute(scenario), in_attribute(kind), in_attribute(name), time);
}

std::string property(const std::string& name, const std::string& value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", in_attribute(name), in_attribute(value));
}

std::string properties_of(const Result& result) {
  std::string text = "    <properties>\n";
  text += property("title", result.title);
  text += property("verdict", to_text(result.verdict));
  text += property("seed", fmt::format("{}", result.seed));
  text += property("version", result.version);
  text += property("file", result.file);
  text += property("repeat", result.repeat);
  text += property("directory", result.directory);
  if (result.recovery) {
    text += property("recovery_seconds", fmt::format("{}", seconds(*result.recovery)));
  }
  if (result.budget_spent) {
    text += property("budget_spent", fmt::format("{}", *result.budget_spent));
  }
  for (const result::Budget& budget : result.budgets) {
    text += property(fmt::format("budget_spent.{}", budget.slo), fmt::format("{}", budget.spent));
  }
  text += "    </properties>\n";
  return text;
}

// All that is known of a check that did not hold. Readers show the message or the body, few both, so either has it all.
std::vector<std::string> account_of(const Check& check, const Result& result) {
  std::vector<std::string> lines;
  const auto add = [&](const char* what, const std::string& text) {
    if (!text.empty()) {
      lines.push_back(fmt::format("{}: {}", what, text));
    }
  };
  add("target", check.target);
  add("actual", check.actual);
  add("margin", check.margin);
  add("detail", check.detail);
  add("run it again", result.repeat);
  return lines;
}

std::string case_of(const Check& check, const std::string& name, const Result& result) {
  const PhaseFigures* phase = find_phase(result, check.where);
  std::string text = case_start(result.scenario, check.kind, name, phase ? phase->length : 0);
  if (check.verdict == Verdict::held) {
    text += "/>\n";
    return text;
  }
  const char* element = check.verdict == Verdict::failed ? "failure" : "error";
  const auto account = account_of(check, result);
  text += fmt::format(">\n      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n    </testcase>\n", element,
                      in_attribute(fmt::format("{}", fmt::join(account, "; "))), in_attribute(check.kind),
                      in_text(fmt::format("{}", fmt::join(account, "\n"))));
  return text;
}

// Readers take cases of one name for one case.
std::string unique(const std::string& name, std::set<std::string>& taken) {
  std::string free = name;
  for (int n = 2; !taken.insert(free).second; ++n) {
    free = fmt::format("{} ({})", name, n);
  }
  return free;
}

std::string suite_element(const Result& result) {
  std::string text = suite_start(result.scenario, counts_of(result));
  text += properties_of(result);
  std::set<std::string> taken;
  for (const Check& check : result.checks) {
    text += case_of(check, unique(name_of(check), taken), result);
  }
  if (result.stopped) {
    text += "    <system-out>stopped at its first failure: nothing else was judged</system-out>\n";
  }
  text += "  </testsuite>\n";
  return text;
}

std::string suite_element(const Unjudged& one) {
  std::string text = suite_start(one.scenario, counts_of(one));
  text += fmt::format("    <properties>\n{}    </properties>\n", property("file", one.file));
  text += case_start(one.scenario, "environment", "environment: it could be had", 0);
  if (one.interrupted) {
    text += fmt::format(">\n      <skipped message=\"{}\"/>\n", in_attribute(one.problem));
  } else {
    const char* between = one.remedy.empty() ? "" : "; ";
    text += fmt::format(">\n      <error message=\"{}\" type=\"environment\">{}</error>\n",
                        in_attribute(fmt::format("{}{}{}", one.problem, between, one.remedy)),
                        in_text(fmt::format("{}{}{}", one.problem, *between ? "\n" : "", one.remedy)));
  }
  text += "    </testcase>\n  </testsuite>\n";
  return text;
}

}  // namespace

std::string to_junit(const Suite& suite) {
  Counts all;
  std::string suites;
  for (const Outcome& outcome : suite.outcomes) {
    std::visit(
        [&](const auto& one) {
          all += counts_of(one);
          suites += suite_element(one);
        },
        outcome);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"faultline\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n{}"
      "</testsuites>\n",
      all.tests, all.failures, all.errors, all.time, suites);
}

}  // namespace faultline::report
