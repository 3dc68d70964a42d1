#pragma once
// What a person sees while a run is under way: at a terminal one line that is kept up to date, with what
// happened scrolling above it; elsewhere plain lines.

#include <memory>
#include <mutex>
#include <string>

#include "run/run.h"

namespace faultline::cli {

enum class ProgressKind { terminal, plain, none };
/// What --progress auto|plain|none comes to.
ProgressKind progress_kind_of(const std::string& word, bool quiet);

class Progress final : public run::Observer {
 public:
  Progress(ProgressKind kind, const scenario::Scenario& scenario);
  ~Progress() override;

  void environment_started(const result::StartUp& part) override;
  void load_began(Instant start, Duration length) override;
  void load_ticked(const load::Counters& counters) override;
  void phase_began(const scenario::Phase& phase) override;
  void step_ended(const scenario::Step& step, bool at_rest, bool good, const std::string& text) override;
  void collecting() override;

 private:
  void line(const std::string& text);  // one that stays; with the mutex held
  void clear_status();

  const ProgressKind kind_;
  const scenario::Scenario& scenario_;
  std::mutex mutex_;
  Instant start_{};
  Instant last_plain_{};
  std::string phase_ = "start";
  bool status_shown_ = false;
};

}  // namespace faultline::cli
