#pragma once
// Whether every expectation of a scenario can fail: a check that cannot fail is no check.
//
// The scenario is run as it is, and must hold. Then it is run with one thing changed at a time (audit_variants.h), and must
// fail each time. What none of these failed is judged by forged evidence (audit_forgery.h). A check that nothing failed is
// named. How a run is made is the caller's: all else here is pure.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "result/result.h"
#include "scenario/scenario.h"
#include "search/audit_variants.h"
#include "search/runs.h"

namespace faultline::search {

struct TriedVariant {
  Variant variant;
  Ran ran;

  bool judged() const { return ran.end == Ran::End::judged; }
  bool failed() const { return judged() && ran.result.verdict == result::Verdict::failed; }
  std::string why() const { return ran.why(); }
};

struct AuditedCheck {
  result::Check check;                // as it was in the baseline
  std::vector<std::size_t> variants;  // those that failed it, by their index
  std::string forgery;                // the one that failed it; none is tried when a variant has
  bool can_fail() const { return !variants.empty() || !forgery.empty(); }
};

struct Audit {
  std::string scenario, title;
  Seed seed = 1;
  std::string directory;  // of all its runs
  Ran baseline;
  std::vector<TriedVariant> variants;  // none when the baseline did not hold
  std::vector<AuditedCheck> checks;    // the same
  bool interrupted = false;

  bool held_as_it_is() const {
    return baseline.end == Ran::End::judged && baseline.result.verdict == result::Verdict::held;
  }
};

/// What happens, for whoever shows it. Called in the audit's thread.
class AuditObserver {
 public:
  AuditObserver() = default;
  AuditObserver(const AuditObserver&) = delete;
  AuditObserver& operator=(const AuditObserver&) = delete;
  virtual ~AuditObserver() = default;
  virtual void baseline_ended(const Ran& baseline) = 0;
  /// `number` counts from 1.
  virtual void variant_begins(std::size_t number, std::size_t all, const Variant& variant) = 0;
  virtual void variant_ended(std::size_t number, std::size_t all, const TriedVariant& tried) = 0;
};

/// Asks for the baseline first. Ends early when a run was interrupted.
Audit audit(const scenario::Scenario& scenario, const std::vector<Variant>& variants, const Runner& run,
            AuditObserver& observer);

/// 0: every variant failed, and every check can. 1: the scenario itself does not hold, or a variant held, or a check cannot
/// fail. 3: a run had no environment. 4: a run was invalid. 2: the scenario itself cannot be read. A variant that was
/// refused says nothing.
int exit_status(const Audit& audit);
/// For a terminal of 80 columns. `verbose`: the forgery of each check.
std::string to_text(const Audit& audit, bool verbose);
/// `schema` is "faultline.audit/1"; docs/audit.md describes it.
nlohmann::ordered_json to_json(const Audit& audit);

}  // namespace faultline::search
