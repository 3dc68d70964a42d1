#include "cli/audit_progress.h"

#include <fmt/format.h>

#include "core/units.h"

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

void AuditProgress::baseline_ended(const search::Ran& baseline) {
  progress_.line(fmt::format("as it is … {} ({})",
                             baseline.judged() ? to_text(baseline.result.verdict) : "could not be run",
                             to_display(baseline.took)));
}

void AuditProgress::variant_begins(std::size_t number, std::size_t all, const search::Variant& variant) {
  progress_.begin(fmt::format("{}/{} {}", number, all, variant.what));
}

void AuditProgress::variant_ended(std::size_t number, std::size_t all, const search::TriedVariant& tried) {
  progress_.line(fmt::format("{}/{} {} … {}", number, all, tried.variant.what, outcome(tried)));
}

}  // namespace faultline::cli
