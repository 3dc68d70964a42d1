#pragma once
// What a person sees while a load test runs: at a terminal one line that is kept up to date, elsewhere plain lines.

#include "cli/progress.h"
#include "loadtest/engine.h"

namespace faultline::cli {

class LoadProgress final : public loadtest::Watcher {
 public:
  LoadProgress(ProgressKind kind, const loadtest::LoadTest& test, const std::string& url);
  ~LoadProgress() override;

  void phase_began(const load::Phase& phase, Duration at) override;
  void ticked(Duration since_start, const load::Counters& counters,
              const std::optional<loadtest::Second>& last, std::uint64_t due) override;
  void aborted(const loadtest::ThresholdResult& threshold) override;

 private:
  void line(const std::string& text);
  void clear_status();

  const ProgressKind kind_;
  const Duration length_;
  std::string phase_;
  Duration last_plain_{};
  bool status_shown_ = false;
};

}  // namespace faultline::cli
