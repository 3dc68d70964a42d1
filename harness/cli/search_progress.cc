#include "cli/search_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/command.h"
#include "core/units.h"
#include "loop/loop.h"

namespace faultline::cli {

SearchProgress::SearchProgress(ProgressKind kind, const scenario::Scenario& scenario, std::string under_way)
    : kind_(kind), length_(scenario.length()), under_way_(std::move(under_way)) {
  line(fmt::format("{} (seed {}, {})", scenario.title, scenario.seed, to_text(length_)));
}

SearchProgress::~SearchProgress() {
  const std::lock_guard lock(mutex_);
  clear_status();
}

void SearchProgress::clear_status() {
  if (status_shown_) {
    fmt::print("\r\033[K");
    std::fflush(stdout);
    status_shown_ = false;
  }
}

void SearchProgress::print(const std::string& text) {
  clear_status();
  if (kind_ != ProgressKind::none) {
    fmt::print("{}\n", text);
    std::fflush(stdout);
  }
}

void SearchProgress::line(const std::string& text) {
  const std::lock_guard lock(mutex_);
  print(text);
}

void SearchProgress::begin(std::string under_way) {
  const std::lock_guard lock(mutex_);
  under_way_ = std::move(under_way);
}

void SearchProgress::at(Duration since_start, const std::string& phase) {
  const std::lock_guard lock(mutex_);
  if (kind_ == ProgressKind::terminal) {
    const std::string status = fmt::format("{}  {:.1f}/{:.0f} s  {}", under_way_,
                                           std::max(0.0, seconds(since_start)), seconds(length_), phase);
    fmt::print("\r\033[K{}", status.substr(0, columns() - 1));
    std::fflush(stdout);
    status_shown_ = true;
  }
}

void SearchedRun::load_began(Instant start, Duration /*length*/) {
  const std::lock_guard lock(mutex_);
  start_ = start;
}

void SearchedRun::load_ticked(const load::Counters& /*counters*/) {
  const std::lock_guard lock(mutex_);
  progress_.at(monotonic_now() - start_, phase_);
}

void SearchedRun::phase_began(const scenario::Phase& phase) {
  const std::lock_guard lock(mutex_);
  phase_ = phase.name;
}

}  // namespace faultline::cli
