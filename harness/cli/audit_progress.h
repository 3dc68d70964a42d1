#pragma once
// What a person sees while a scenario is audited.

#include "cli/search_progress.h"
#include "search/audit.h"

namespace faultline::cli {

class AuditProgress final : public search::AuditObserver {
 public:
  explicit AuditProgress(SearchProgress& progress) : progress_(progress) {}

  void baseline_ended(const search::Ran& baseline) override;
  void variant_begins(std::size_t number, std::size_t all, const search::Variant& variant) override;
  void variant_ended(std::size_t number, std::size_t all, const search::TriedVariant& tried) override;

 private:
  SearchProgress& progress_;
};

}  // namespace faultline::cli
