#pragma once
// A private Prometheus with its Alertmanager beside the service, and somebody whom Alertmanager tells. The service is
// scraped where it listens, past the proxy of its clients.

#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/time.h"
#include "http/server.h"
#include "loop/loop.h"
#include "process/guardian.h"
#include "prometheus/server.h"
#include "scenario/scenario.h"

namespace faultline::run {

/// A receiver was told that an alert fires, or that it is over.
struct Told {
  std::string receiver;
  std::string alert;
  bool firing = false;
  Instant at{};
};

class Monitoring {
 public:
  /// Starts both, and does not wait. Their files go to `directory`, their logs to `logs`. `service` is its host:port.
  /// Throws EnvironmentError when one of them cannot be had.
  Monitoring(const scenario::Scenario& scenario, process::Guardian& guardian,
             const std::filesystem::path& directory, const std::filesystem::path& logs,
             const std::string& service);

  void wait_until_ready();

  // From any thread.

  /// Each series of an expression at every `step` from one time to another, as Prometheus answers (`data.result`); an empty
  /// array when it does not.
  nlohmann::json range(const std::string& expression, Instant from, Instant to, Duration step) const;
  /// The value at a time of an expression that has one; 0 when it has none.
  double value(const std::string& expression, Instant at) const;
  std::vector<Told> told() const;
  /// Where each is, for a browser: "http://127.0.0.1:9090".
  std::string prometheus_url() const;
  std::string alertmanager_url() const;
  /// What Prometheus' clock says at a moment.
  double unix_seconds(Instant at) const;

 private:
  http::Response note(const http::Request& request);

  const Instant here_ = monotonic_now();
  const std::chrono::system_clock::time_point there_ = std::chrono::system_clock::now();  // the same moment
  mutable std::mutex mutex_;
  std::vector<Told> told_;
  Loop loop_{"alerts"};
  http::Server receivers_;
  std::unique_ptr<prometheus::Server> alertmanager_;
  std::unique_ptr<prometheus::Server> prometheus_;
};

}  // namespace faultline::run
