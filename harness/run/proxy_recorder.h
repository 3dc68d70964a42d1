#pragma once
// Puts what the proxies decide into the journal.

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "core/journal.h"
#include "stream/proxy.h"

namespace faultline::run {

/// Lives on the proxies' thread. Silent until there is a journal.
class ProxyRecorder final : public stream::Observer {
 public:
  explicit ProxyRecorder(std::string dependency) : dependency_(std::move(dependency)) {}

  void begin(Journal& journal) { journal_ = &journal.producer("proxy." + dependency_); }
  void acted(const stream::Action& action) override;
  void passed(const stream::FaultPoint& point) override;
  void unframed(std::uint64_t connection, std::string_view reason, bool handed_through) override;

 private:
  const std::string dependency_;
  std::atomic<Journal::Producer*> journal_{nullptr};
};

/// One for each dependency.
class ProxyRecorders {
 public:
  ProxyRecorder& of(const std::string& dependency);
  void begin(Journal& journal);

 private:
  std::map<std::string, std::unique_ptr<ProxyRecorder>> recorders_;
};

}  // namespace faultline::run
