#pragma once
// Puts what the proxies decide into the journal.

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "core/journal.h"
#include "stream/proxy.h"

namespace faultline::run {

/// Lives on the proxies' thread. Silent until there is a journal; of fault points it tells those from the start of the
/// run to its end.
class ProxyRecorder final : public stream::Observer {
 public:
  explicit ProxyRecorder(std::string dependency) : dependency_(std::move(dependency)) {}

  void begin(Journal& journal, Instant start) {
    start_ = start;
    journal_ = &journal.producer("proxy." + dependency_);
  }
  void end() { ended_ = true; }
  void acted(const stream::Action& action) override;
  void did_not_fit(const stream::Action& action) override;
  void passed(const stream::FaultPoint& point) override;
  void unframed(std::uint64_t connection, std::string_view reason, bool handed_through) override;

 private:
  const std::string dependency_;
  std::atomic<Journal::Producer*> journal_{nullptr};
  Instant start_{};  // set before journal_
  std::atomic<bool> ended_{false};
};

/// One for each dependency.
class ProxyRecorders {
 public:
  ProxyRecorder& of(const std::string& dependency);
  void begin(Journal& journal, Instant start);
  /// The load has ended: what the service is asked from now on is not of the run.
  void end();

 private:
  std::map<std::string, std::unique_ptr<ProxyRecorder>> recorders_;
};

}  // namespace faultline::run
