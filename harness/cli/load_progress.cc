#include "cli/load_progress.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/command.h"
#include "core/units.h"

namespace faultline::cli {
namespace {

constexpr Duration kPlainEvery = std::chrono::seconds(5);

}  // namespace

LoadProgress::LoadProgress(ProgressKind kind, const loadtest::LoadTest& test, const std::string& url)
    : kind_(kind), length_(test.length()) {
  line(fmt::format("{} (seed {}, {}) against {}", test.title, test.seed, to_text(length_), url));
}

LoadProgress::~LoadProgress() {
  clear_status();
}

void LoadProgress::line(const std::string& text) {
  if (kind_ == ProgressKind::none) {
    return;
  }
  clear_status();
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

void LoadProgress::clear_status() {
  if (status_shown_) {
    fmt::print("\r\033[K");
    std::fflush(stdout);
    status_shown_ = false;
  }
}

void LoadProgress::phase_began(const load::Phase& phase, Duration at) {
  phase_ = phase.name;
  line(fmt::format("{:>5.0f} s  phase {}", seconds(at), phase.name));
}

void LoadProgress::ticked(Duration since_start, const load::Counters& counters,
                          const std::optional<loadtest::Second>& last, std::uint64_t due) {
  if (kind_ == ProgressKind::none || since_start < Duration::zero()) {
    return;
  }
  // Rates are of the last whole second: what was wanted, and what was reached.
  const std::string rates = !last      ? std::string("-")
                            : due == 0 ? fmt::format("{} requests/s", last->requests)
                                       : fmt::format("{}/{} arrivals/s", last->started, due);
  const std::uint64_t errors = counters.errors;
  const std::string status = fmt::format(
      "{:>5.1f}/{:.0f} s  {}: {}, {}{} in flight, p95 {}, errors {} ({:.2f}%)", seconds(since_start),
      seconds(length_), phase_, rates, counters.users > 0 ? fmt::format("{} users, ", counters.users) : "",
      counters.in_flight, counters.recent_p95 ? to_display(*counters.recent_p95) : "-", errors,
      counters.requests == 0 ? 0
                             : 100 * static_cast<double>(errors) / static_cast<double>(counters.requests));
  if (kind_ == ProgressKind::terminal) {
    fmt::print("\r\033[K{}", status.substr(0, columns() - 1));
    std::fflush(stdout);
    status_shown_ = true;
  } else if (since_start - last_plain_ >= kPlainEvery) {
    last_plain_ = since_start;
    line(status);
  }
}

void LoadProgress::aborted(const loadtest::ThresholdResult& threshold) {
  line(fmt::format("ended: {} {} does not hold: {}", to_text(threshold.threshold.of),
                   threshold.threshold.text,
                   metrics::display(threshold.threshold, threshold.value.value_or(0))));
}

}  // namespace faultline::cli
