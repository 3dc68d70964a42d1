#include "search/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "judge/judge.h"

namespace faultline::search {
namespace {

using result::Check;
using result::Verdict;

// As the name of a directory.
std::string slug(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 && byte < 128) {
      name += static_cast<char>(std::tolower(byte));
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  constexpr std::size_t kLongest = 60;
  name.resize(std::min(name.size(), kLongest));
  while (!name.empty() && name.back() == '-') {
    name.pop_back();
  }
  return name;
}

const Check* find(const std::vector<Check>& checks, const Check& like) {
  const auto found =
      std::find_if(checks.begin(), checks.end(), [&](const Check& each) { return is_same(each, like); });
  return found == checks.end() ? nullptr : &*found;
}

void add_failures(const std::vector<TriedVariant>& variants, std::vector<AuditedCheck>& checks) {
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (!variants[i].failed()) {
      continue;  // of one that is invalid nothing is known
    }
    for (AuditedCheck& audited : checks) {
      const Check* same = find(variants[i].ran.result.checks, audited.check);
      if (same && same->verdict == Verdict::failed) {
        audited.variants.push_back(i);
      }
    }
  }
}

void forge(const scenario::Scenario& scenario, const JournalRecords& journal,
           std::vector<AuditedCheck>& checks) {
  for (const Forgery& forgery : forgeries(scenario)) {
    std::vector<AuditedCheck*> open;
    for (AuditedCheck& audited : checks) {
      if (!audited.can_fail() && forgery.aimed_at(audited.check)) {
        open.push_back(&audited);
      }
    }
    if (open.empty()) {
      continue;
    }
    JournalRecords forged = journal;
    forgery.alter(forged);
    const result::Result result = judge::judge(scenario, forged);
    for (AuditedCheck* audited : open) {
      const Check* same = find(result.checks, audited->check);
      if (same && same->verdict != Verdict::held) {
        audited->forgery = forgery.what;
      }
    }
  }
}

}  // namespace

bool is_same(const Check& a, const Check& b) {
  // The target of an expectation is in its words already, and holds a number of that run where it is a multiple.
  const bool same_target = a.kind == "expectation" || a.target == b.target;
  return a.kind == b.kind && a.what == b.what && a.where == b.where && same_target;
}

std::string TriedVariant::why() const {
  if (!judged()) {
    return ran.problem;
  }
  const result::Result& result = ran.result;
  const auto first = std::find_if(result.checks.begin(), result.checks.end(),
                                  [&](const Check& check) { return check.verdict == result.verdict; });
  if (result.verdict == Verdict::held || first == result.checks.end()) {
    return {};
  }
  return fmt::format("{} '{}'", first->kind, first->what);
}

Audit audit(const scenario::Scenario& scenario, const std::vector<Variant>& variants, const Runner& run,
            AuditObserver& observer) {
  Audit audit{.scenario = scenario.name, .title = scenario.title, .seed = scenario.seed};
  audit.baseline = run({.name = "baseline", .overrides = {}, .wants_journal = true});
  audit.interrupted = audit.baseline.end == Ran::End::interrupted;
  if (!audit.interrupted) {
    observer.baseline_ended(audit.baseline);
  }
  if (!audit.held_as_it_is()) {
    return audit;
  }
  for (std::size_t i = 0; i < variants.size(); ++i) {
    observer.variant_begins(i + 1, variants.size(), variants[i]);
    TriedVariant tried{variants[i], run({.name = fmt::format("{}-{}", i + 1, slug(variants[i].what)),
                                         .overrides = variants[i].overrides,
                                         .to_first_failure = true})};
    if (tried.ran.end == Ran::End::interrupted) {
      audit.interrupted = true;
      return audit;
    }
    observer.variant_ended(i + 1, variants.size(), tried);
    audit.variants.push_back(std::move(tried));
  }
  for (const Check& check : audit.baseline.result.checks) {
    audit.checks.push_back({check, {}, {}});
  }
  add_failures(audit.variants, audit.checks);
  forge(scenario, audit.baseline.journal, audit.checks);
  return audit;
}

int worse_exit_status(int a, int b) {
  // A finding outweighs what could not be found out.
  const auto rank = [](int status) {
    switch (status) {
      case 1:
        return 4;
      case 2:
        return 3;
      case 3:
        return 2;
      case 4:
        return 1;
      default:
        return 0;
    }
  };
  return rank(a) >= rank(b) ? a : b;
}

namespace {

int exit_status(const Ran& ran) {
  switch (ran.end) {
    case Ran::End::judged:
      return result::exit_status(ran.result.verdict);
    case Ran::End::refused:
      return 2;
    case Ran::End::environment:
      return 3;
    case Ran::End::interrupted:
      break;  // by which signal is the caller's to say
  }
  return 0;
}

}  // namespace

int exit_status(const Audit& audit) {
  if (!audit.held_as_it_is()) {
    return exit_status(audit.baseline);
  }
  int status = 0;
  for (const TriedVariant& tried : audit.variants) {
    const int ended = exit_status(tried.ran);
    if (tried.ran.end != Ran::End::refused) {
      // One that held has shown that its change is not noticed.
      status = worse_exit_status(status, ended == 1 ? 0 : ended == 0 ? 1 : ended);
    }
  }
  const bool all_can_fail = std::all_of(audit.checks.begin(), audit.checks.end(),
                                        [](const AuditedCheck& audited) { return audited.can_fail(); });
  return worse_exit_status(status, all_can_fail ? 0 : 1);
}

}  // namespace faultline::search
