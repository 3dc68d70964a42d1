#pragma once
// What a person sees while a search makes its runs: a line for each once it has ended, and at a terminal how far the run
// is that is under way.

#include <mutex>
#include <string>

#include "cli/progress.h"

namespace faultline::cli {

class SearchProgress {
 public:
  /// Says which scenario it is. `under_way` is what the first run is called.
  SearchProgress(ProgressKind kind, const scenario::Scenario& scenario, std::string under_way);
  ~SearchProgress();
  SearchProgress(const SearchProgress&) = delete;
  SearchProgress& operator=(const SearchProgress&) = delete;

  // From any thread.
  void line(const std::string& text);
  void begin(std::string under_way);
  void at(Duration since_start, const std::string& phase);

 private:
  // With the mutex held.
  void clear_status();
  void print(const std::string& text);

  const ProgressKind kind_;
  const Duration length_;
  std::mutex mutex_;
  std::string under_way_;
  bool status_shown_ = false;
};

/// One of the runs, told to the progress.
class SearchedRun final : public run::Observer {
 public:
  explicit SearchedRun(SearchProgress& progress) : progress_(progress) {}

  void environment_started(const result::StartUp&) override {}
  void load_began(Instant start, Duration length) override;
  void load_ticked(const load::Counters& counters) override;
  void phase_began(const scenario::Phase& phase) override;
  void step_ended(const scenario::Step&, bool, bool, const std::string&) override {}
  void collecting() override {}

 private:
  SearchProgress& progress_;
  std::mutex mutex_;
  Instant start_{};
  std::string phase_;
};

}  // namespace faultline::cli
