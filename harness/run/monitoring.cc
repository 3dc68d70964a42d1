#include "run/monitoring.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/file.h"
#include "http/message.h"
#include "process/port.h"
#include "promql/suite.h"

namespace faultline::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kHost = "127.0.0.1";
// Prometheus' own, in production.
constexpr Duration kLookback = std::chrono::minutes(5);
constexpr Duration kResend = std::chrono::minutes(1);
constexpr Duration kShortestLookback = std::chrono::seconds(1);

std::string url_of(std::uint16_t port) {
  return fmt::format("http://{}:{}", kHost, port);
}

}  // namespace

Monitoring::Monitoring(const scenario::Scenario& scenario, process::Guardian& guardian,
                       const fs::path& directory, const fs::path& logs, const std::string& service)
    : receivers_(loop_, kHost, 0, [this](const http::Request& request, const http::Respond& respond) {
        respond(note(request));
      }) {
  const std::uint16_t port = process::free_port();  // Alertmanager's
  const double scale = scenario.window_scale;
  const auto files =
      promql::files_for(scenario.monitoring->suite, {.scale = scale,
                                                     .thresholds = scenario.monitoring->thresholds,
                                                     .service = service,
                                                     .alertmanager = fmt::format("{}:{}", kHost, port),
                                                     .receivers = url_of(receivers_.port())});
  for (const auto& [name, text] : files) {
    write_file(directory / name, text, "choose another directory with --out");
  }
  const auto shorter = [&](Duration duration) { return from_seconds(seconds(duration) / scale); };
  using Kind = prometheus::Server::Kind;
  alertmanager_ = std::make_unique<prometheus::Server>(
      guardian, Kind::alertmanager,
      prometheus::Options{.configuration = directory / promql::kAlertmanagerFile,
                          .log = logs / "alertmanager.log",
                          .port = port});
  prometheus_ = std::make_unique<prometheus::Server>(
      guardian, Kind::prometheus,
      prometheus::Options{.configuration = directory / promql::kPrometheusFile,
                          .log = logs / "prometheus.log",
                          .port = 0,
                          .lookback = std::max(shorter(kLookback), kShortestLookback),
                          .resend = shorter(kResend)});
}

void Monitoring::wait_until_ready() {
  alertmanager_->wait_until_ready();
  prometheus_->wait_until_ready();
}

http::Response Monitoring::note(const http::Request& request) {
  const Instant at = monotonic_now();
  const json body = json::parse(request.body, nullptr, false);
  if (body.is_discarded() || !body.contains("alerts")) {
    return {.status = 400};
  }
  const std::lock_guard lock(mutex_);
  for (const json& alert : body["alerts"]) {
    told_.push_back({.receiver = std::string(http::path_of(request.target).substr(1)),
                     .alert = alert.value(json::json_pointer("/labels/alertname"), ""),
                     .firing = alert.value("status", "") == "firing",
                     .at = at});
  }
  return {};
}

std::vector<Told> Monitoring::told() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

std::string Monitoring::prometheus_url() const {
  return url_of(prometheus_->port());
}

std::string Monitoring::alertmanager_url() const {
  return url_of(alertmanager_->port());
}

double Monitoring::unix_seconds(Instant at) const {
  const auto moment = there_ + (at - here_);
  return std::chrono::duration<double>(moment.time_since_epoch()).count();
}

json Monitoring::range(const std::string& expression, Instant from, Instant to, Duration step) const {
  const auto body = prometheus_->get(
      fmt::format("/api/v1/query_range?query={}&start={:.3f}&end={:.3f}&step={:.3f}",
                  http::percent_encoded(expression), unix_seconds(from), unix_seconds(to), seconds(step)));
  const json answer = json::parse(body.value_or(""), nullptr, false);
  return answer.is_discarded() ? json::array()
                               : answer.value(json::json_pointer("/data/result"), json::array());
}

double Monitoring::value(const std::string& expression, Instant at) const {
  const auto body = prometheus_->get(
      fmt::format("/api/v1/query?query={}&time={:.3f}", http::percent_encoded(expression), unix_seconds(at)));
  const json answer = json::parse(body.value_or(""), nullptr, false);
  const auto number = json::json_pointer("/data/result/0/value/1");
  return !answer.is_discarded() && answer.contains(number) ? std::stod(answer.at(number).get<std::string>())
                                                           : 0;
}

}  // namespace faultline::run
