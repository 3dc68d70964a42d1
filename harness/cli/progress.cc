#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/command.h"
#include "core/units.h"
#include "loop/loop.h"

namespace faultline::cli {
namespace {

constexpr Duration kPlainEvery = std::chrono::seconds(5);

}  // namespace

ProgressKind progress_kind_of(const std::string& word, bool quiet) {
  if (word == "none" || quiet) {
    return ProgressKind::none;
  }
  return word == "auto" && is_terminal() ? ProgressKind::terminal : ProgressKind::plain;
}

Progress::Progress(ProgressKind kind, const scenario::Scenario& scenario) : kind_(kind), scenario_(scenario) {
  const std::lock_guard lock(mutex_);
  line(fmt::format("{} (seed {}, {})", scenario_.title, scenario_.seed, to_text(scenario_.length())));
}

Progress::~Progress() {
  const std::lock_guard lock(mutex_);
  clear_status();
}

void Progress::line(const std::string& text) {
  if (kind_ == ProgressKind::none) {
    return;
  }
  clear_status();
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

void Progress::clear_status() {
  if (status_shown_) {
    fmt::print("\r\033[K");
    std::fflush(stdout);
    status_shown_ = false;
  }
}

void Progress::environment_started(const result::StartUp& part) {
  const std::lock_guard lock(mutex_);
  line(fmt::format("  {:<10} ready after {}", part.what, to_display(part.began + part.took)));
}

void Progress::load_began(Instant start, Duration /*length*/) {
  const std::lock_guard lock(mutex_);
  start_ = start;
  last_plain_ = start;
}

void Progress::load_ticked(const load::Counters& counters) {
  const std::lock_guard lock(mutex_);
  const Instant now = monotonic_now();
  const double rate_reached =
      now > start_ ? static_cast<double>(counters.started) / seconds(now - start_) : 0;
  const std::string users = counters.users == 0 ? "" : fmt::format("{} users, ", counters.users);
  const std::string status = fmt::format(
      "{:>5.1f}/{:.0f} s  {}: {}{:.1f} arrivals/s, {} in flight, p95 {}, errors {:.2f}%",
      std::max(0.0, seconds(now - start_)), seconds(scenario_.length()), phase_, users, rate_reached,
      counters.in_flight, counters.recent_p95 ? to_display(*counters.recent_p95) : "-",
      counters.requests == 0
          ? 0
          : 100 * static_cast<double>(counters.errors) / static_cast<double>(counters.requests));
  if (kind_ == ProgressKind::terminal) {
    fmt::print("\r\033[K{}", status.substr(0, columns() - 1));
    std::fflush(stdout);
    status_shown_ = true;
  } else if (now - last_plain_ >= kPlainEvery) {
    last_plain_ = now;
    line(status);
  }
}

void Progress::phase_began(const scenario::Phase& phase) {
  const std::lock_guard lock(mutex_);
  phase_ = phase.name;
  line(fmt::format("{:>5.1f} s  phase {}", seconds(phase.begin), phase.name));
}

void Progress::step_ended(const scenario::Step& step, bool at_rest, bool good, const std::string& text) {
  const std::lock_guard lock(mutex_);
  line(fmt::format("{:>5.1f} s  {} {}{}: {}{}{}", seconds(monotonic_now() - start_), good ? "ok  " : "FAIL",
                   to_text(step.kind), at_rest ? " (must be absent here)" : "", step.say,
                   text.empty() ? "" : ": ", text));
}

void Progress::collecting() {
  const std::lock_guard lock(mutex_);
  line("  load ended, collecting what the verdict needs");
}

}  // namespace faultline::cli
