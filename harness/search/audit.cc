#include "search/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "judge/judge.h"
#include "search/audit_forgery.h"

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

void add_failures(const std::vector<TriedVariant>& variants, std::vector<AuditedCheck>& checks) {
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (!variants[i].failed()) {
      continue;  // of one that is invalid nothing is known
    }
    for (AuditedCheck& audited : checks) {
      const Check* same = find_same(variants[i].ran.result.checks, audited.check);
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
      const Check* same = find_same(result.checks, audited->check);
      if (same && same->verdict != Verdict::held) {
        audited->forgery = forgery.what;
      }
    }
  }
}

}  // namespace

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
