#include "cli/audit_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/command.h"
#include "core/units.h"
#include "loop/loop.h"

namespace faultline::cli {
namespace {

// How it ended, and whether it should have.
std::string outcome(const search::TriedVariant& tried) {
  switch (tried.ran.end) {
    case search::Ran::End::judged:
      break;
    case search::Ran::End::refused:
      return "cannot be made: " + tried.why();
    case search::Ran::End::environment:
    case search::Ran::End::interrupted:
      return "could not be run: " + tried.why();
  }
  const std::string took = to_display(tried.ran.took);
  switch (tried.ran.result.verdict) {
    case result::Verdict::failed:
      return fmt::format("failed as it must ({}, {})", tried.why(), took);
    case result::Verdict::held:
      return fmt::format("HELD, and must not ({})", took);
    case result::Verdict::invalid:
      return fmt::format("INVALID ({}, {})", tried.why(), took);
  }
  return {};
}

}  // namespace

AuditProgress::AuditProgress(ProgressKind kind, const scenario::Scenario& scenario)
    : kind_(kind), length_(scenario.length()) {
  const std::lock_guard lock(mutex_);
  line(fmt::format("{} (seed {}, {})", scenario.title, scenario.seed, to_text(length_)));
}

AuditProgress::~AuditProgress() {
  const std::lock_guard lock(mutex_);
  clear_status();
}

void AuditProgress::clear_status() {
  if (status_shown_) {
    fmt::print("\r\033[K");
    std::fflush(stdout);
    status_shown_ = false;
  }
}

void AuditProgress::line(const std::string& text) {
  clear_status();
  if (kind_ != ProgressKind::none) {
    fmt::print("{}\n", text);
    std::fflush(stdout);
  }
}

void AuditProgress::baseline_ended(const search::Ran& baseline) {
  const std::lock_guard lock(mutex_);
  line(fmt::format(
      "as it is … {} ({})",
      baseline.end == search::Ran::End::judged ? to_text(baseline.result.verdict) : "could not be run",
      to_display(baseline.took)));
}

void AuditProgress::variant_begins(std::size_t number, std::size_t all, const search::Variant& variant) {
  const std::lock_guard lock(mutex_);
  under_way_ = fmt::format("{}/{} {}", number, all, variant.what);
}

void AuditProgress::variant_ended(std::size_t number, std::size_t all, const search::TriedVariant& tried) {
  const std::lock_guard lock(mutex_);
  line(fmt::format("{}/{} {} … {}", number, all, tried.variant.what, outcome(tried)));
}

void AuditProgress::at(Duration since_start, const std::string& phase) {
  const std::lock_guard lock(mutex_);
  if (kind_ == ProgressKind::terminal) {
    const std::string status = fmt::format("{}  {:.1f}/{:.0f} s  {}", under_way_,
                                           std::max(0.0, seconds(since_start)), seconds(length_), phase);
    fmt::print("\r\033[K{}", status.substr(0, columns() - 1));
    std::fflush(stdout);
    status_shown_ = true;
  }
}

void AuditedRun::load_began(Instant start, Duration /*length*/) {
  const std::lock_guard lock(mutex_);
  start_ = start;
}

void AuditedRun::load_ticked(const load::Counters& /*counters*/) {
  const std::lock_guard lock(mutex_);
  progress_.at(monotonic_now() - start_, phase_);
}

void AuditedRun::phase_began(const scenario::Phase& phase) {
  const std::lock_guard lock(mutex_);
  phase_ = phase.name;
}

}  // namespace faultline::cli
