// An audit for a person at a terminal: two tables in 80 columns, and the commands that repeat each run.

#include <fmt/format.h>

#include <algorithm>

#include "search/audit.h"
#include "search/columns.h"

namespace faultline::search {
namespace {

constexpr std::size_t kWhat = 38, kWhy = 26, kCheck = 60;

std::string ended(const TriedVariant& tried) {
  switch (tried.ran.end) {
    case Ran::End::judged:
      return tried.ran.result.verdict == result::Verdict::held ? "HELD" : to_text(tried.ran.result.verdict);
    case Ran::End::refused:
      return "not made";
    case Ran::End::environment:
    case Ran::End::interrupted:
      return "not run";
  }
  return "";
}

std::string name_of(const result::Check& check) {
  const bool in_phase = !check.where.empty() && check.where != "run";
  return fmt::format("{}{}: {}", check.kind, in_phase ? " in " + check.where : "", check.what);
}

std::string failed_by(const AuditedCheck& audited) {
  if (audited.variants.empty()) {
    return audited.forgery.empty() ? "NOTHING" : "forged";
  }
  std::vector<std::size_t> numbers;
  for (const std::size_t index : audited.variants) {
    numbers.push_back(index + 1);
  }
  return fmt::format("{}", fmt::join(numbers, " "));
}

std::string variant_lines(const Audit& audit) {
  std::string text = fmt::format("     {} ended\n", cell("variant", kWhat));
  for (std::size_t i = 0; i < audit.variants.size(); ++i) {
    const TriedVariant& tried = audit.variants[i];
    text += fmt::format("  {:>2} {} {:<8} {}\n", i + 1, cell(tried.variant.what, kWhat), ended(tried),
                        cut(tried.why(), kWhy));
  }
  return text;
}

std::string check_lines(const Audit& audit, bool verbose) {
  std::string text = fmt::format("  {} failed by\n", cell("check", kCheck));
  for (const AuditedCheck& audited : audit.checks) {
    text += fmt::format("  {} {}\n", cell(name_of(audited.check), kCheck), failed_by(audited));
    if (verbose && !audited.forgery.empty()) {
      text += fmt::format("      {}\n", audited.forgery);
    }
  }
  return text + "  (the variants by their numbers; forged: by forged evidence only)\n";
}

// What is wrong, in whole sentences.
std::string findings(const Audit& audit) {
  std::string text;
  for (const TriedVariant& tried : audit.variants) {
    if (tried.ran.end == Ran::End::judged && tried.ran.result.verdict == result::Verdict::held) {
      text +=
          fmt::format("  {}: everything held, so nothing in this scenario is about it\n", tried.variant.what);
    } else if (tried.ran.end == Ran::End::judged && tried.ran.result.verdict == result::Verdict::invalid) {
      text += fmt::format("  {}: the run is invalid: {}\n", tried.variant.what, tried.why());
    } else if (!tried.judged()) {
      text += fmt::format("  {}: {}\n", tried.variant.what, tried.ran.problem);
    }
  }
  for (const AuditedCheck& audited : audit.checks) {
    if (!audited.can_fail()) {
      text += fmt::format("  nothing can fail this: {}\n", name_of(audited.check));
    }
  }
  return text;
}

std::string sum(const Audit& audit) {
  std::size_t by_variant = 0, forged = 0;
  for (const AuditedCheck& audited : audit.checks) {
    by_variant += audited.variants.empty() ? 0 : 1;
    forged += audited.variants.empty() && audited.can_fail() ? 1 : 0;
  }
  const auto failed = std::count_if(audit.variants.begin(), audit.variants.end(),
                                    [](const TriedVariant& tried) { return tried.failed(); });
  return fmt::format(
      "  {} of {} variants failed; of {} checks {} can fail: {} by a variant, {} by forged evidence only\n",
      failed, audit.variants.size(), audit.checks.size(), by_variant + forged, by_variant, forged);
}

std::string repeat_lines(const Audit& audit) {
  std::string text;
  for (std::size_t i = 0; i < audit.variants.size(); ++i) {
    text += fmt::format("  {:>2} {}\n", i + 1, audit.variants[i].ran.repeat);
  }
  return text.empty() ? text : "  to run one again:\n" + text;
}

const char* conclusion(const Audit& audit) {
  if (audit.baseline.end != Ran::End::judged) {
    return "the scenario could not be run";
  }
  if (!audit.held_as_it_is()) {
    return "the scenario itself does not hold";
  }
  return exit_status(audit) == 0 ? "every check can fail" : "not proven";
}

}  // namespace

std::string to_text(const Audit& audit, bool verbose) {
  std::string text = fmt::format("\n{}  {}\n", audit.scenario, conclusion(audit));
  if (!audit.held_as_it_is()) {
    if (!audit.baseline.problem.empty()) {
      text += fmt::format("  {}\n", audit.baseline.problem);
    }
    return text;
  }
  if (!audit.variants.empty()) {
    text += variant_lines(audit);
  }
  text += check_lines(audit, verbose);
  text += sum(audit);
  text += findings(audit);
  text += repeat_lines(audit);
  text += fmt::format("  left in {}\n", audit.directory);
  return text;
}

}  // namespace faultline::search
