#pragma once
// What a person sees while a scenario is audited: a line for each variant once it has ended, and at a terminal how far the
// run is that is under way.

#include <mutex>
#include <string>

#include "cli/progress.h"
#include "search/audit.h"

namespace faultline::cli {

class AuditProgress final : public search::AuditObserver {
 public:
  AuditProgress(ProgressKind kind, const scenario::Scenario& scenario);
  ~AuditProgress() override;

  void baseline_ended(const search::Ran& baseline) override;
  void variant_begins(std::size_t number, std::size_t all, const search::Variant& variant) override;
  void variant_ended(std::size_t number, std::size_t all, const search::TriedVariant& tried) override;
  /// Of the run that is under way. From any thread.
  void at(Duration since_start, const std::string& phase);

 private:
  // With the mutex held.
  void clear_status();
  void line(const std::string& text);

  const ProgressKind kind_;
  const Duration length_;
  std::mutex mutex_;
  std::string under_way_ = "as it is";
  bool status_shown_ = false;
};

/// A run of an audit, told to its progress.
class AuditedRun final : public run::Observer {
 public:
  explicit AuditedRun(AuditProgress& progress) : progress_(progress) {}

  void environment_started(const result::StartUp&) override {}
  void load_began(Instant start, Duration length) override;
  void load_ticked(const load::Counters& counters) override;
  void phase_began(const scenario::Phase& phase) override;
  void step_ended(const scenario::Step&, bool, bool, const std::string&) override {}
  void collecting() override {}

 private:
  AuditProgress& progress_;
  std::mutex mutex_;
  Instant start_{};
  std::string phase_;
};

}  // namespace faultline::cli
