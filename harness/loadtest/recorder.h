#pragma once
// Makes metrics of what one thread's driver tells, with k6's names where k6 has the metric:
//
//   http_reqs, http_req_failed, http_req_duration, http_req_blocked, …_connecting, …_tls_handshaking, …_sending,
//   …_waiting, …_receiving, checks, iterations, iteration_duration, dropped_iterations, data_sent, data_received
//
// http_req_duration counts from the time that a request was due, so that what waited behind a slow answer has its wait in
// it; http_req_service_time is what k6 means by http_req_duration: sending, waiting and receiving. Beside them
// arrival_lateness (how late the generator began a journey) and iteration_failed (a journey not brought to its end).
// Every sample of a request has the tags phase, flow, journey, name, method, expected_response, and status or error, and
// those of its step; a check has its name besides.

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "load/load.h"
#include "load/observer.h"
#include "metrics/histogram.h"
#include "metrics/store.h"

namespace faultline::loadtest {

/// What happened in one second.
struct Second {
  std::uint64_t started = 0, dropped = 0;       // arrivals
  std::uint64_t requests = 0;                   // that ended, like what follows
  std::uint64_t unexpected = 0;                 // answered otherwise than the flow expects
  std::map<std::string, std::uint64_t> errors;  // not answered, by why
  std::uint64_t checks_failed = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  metrics::Histogram latency;  // of the answers

  void merge(const Second& other);
};

/// Lives on the load's thread.
class Recorder final : public load::Observer {
 public:
  /// The loads and the phases must outlive it. `start` is when the first phase begins.
  Recorder(const std::vector<load::Load>& loads, const std::vector<load::Phase>& phases, Instant start);

  void arrival_started(const load::Arrival& arrival, Instant due, Duration late) override;
  void arrival_shed(const load::Arrival& arrival, Instant due) override;
  void request_finished(const load::RequestRecord& record) override;
  void arrival_finished(const load::OutcomeRecord& record) override;

  const metrics::Store& metrics() const { return store_; }
  /// The seconds before this one, which are forgotten by it. What is told of them later counts in the next.
  std::map<std::int64_t, Second> take_before(std::int64_t second);
  /// Those of arrivals that started later than this, of all that started.
  std::uint64_t started() const { return started_; }
  std::uint64_t later_than(Duration limit) const;

 private:
  // The series of the requests of one step that had one kind of answer in one phase.
  struct RequestSeries {
    metrics::Series *reqs, *failed, *duration, *service, *blocked, *connecting, *handshaking, *sending,
        *waiting, *receiving, *sent, *received;
    metrics::Tags tags;
    std::map<const load::Check*, metrics::Series*> checks;
    std::map<const load::Measure*, metrics::Series*> measures;
  };
  struct JourneySeries {
    metrics::Series *iterations, *duration, *failed, *dropped, *lateness;
  };

  std::size_t phase_at(Instant when) const;
  Second& second_of(Instant when);
  RequestSeries& series_of(const load::RequestRecord& record);
  RequestSeries make_series(const metrics::Tags& tags);
  JourneySeries& series_of(const load::Arrival& arrival);
  void add_to_second(const load::RequestRecord& record);

  const std::vector<load::Phase>& phases_;
  const Instant start_;
  std::vector<Duration> ends_;  // of the phases
  metrics::Store store_;
  std::unordered_map<const load::RequestStep*, std::unordered_map<std::uint64_t, RequestSeries>> requests_;
  std::map<std::string, std::map<std::string, std::map<std::string, JourneySeries>>, std::less<>> journeys_;
  std::map<std::int64_t, Second> seconds_;
  std::int64_t taken_ = 0;  // the seconds before this one are
  metrics::Histogram lateness_;
  std::uint64_t started_ = 0;
};

}  // namespace faultline::loadtest
