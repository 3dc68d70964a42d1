#pragma once
// One arrival under way: takes the steps of its journey one after the other, until the last of them, or the first that
// does not get the answer it expects. Internal to this folder: the driver owns flights.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "load/arrival.h"
#include "load/cookies.h"
#include "load/flow.h"
#include "load/observer.h"
#include "load/repeats.h"
#include "load/secrets.h"
#include "load/sender.h"

namespace faultline::load {

class Flight : public std::enable_shared_from_this<Flight> {
 public:
  class Owner {
   public:
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    virtual ~Owner() = default;
    virtual void request_ended(const RequestRecord& record) = 0;
    /// Once, and the last that is heard of a flight. It may come from inside start().
    virtual void flight_ended(Flight& flight, const OutcomeRecord& record) = 0;
  };

  /// What every flight works with; it outlives them.
  struct Surroundings {
    Clock& clock;
    Sender& sender;
    const Secrets& secrets;
    Owner& owner;
  };

  /// The journey outlives the flight; `user` is the owner's.
  Flight(const Surroundings& around, ArrivalPtr arrival, const Journey& journey, Instant due,
         std::size_t user);

  void start();
  /// Ends it now: with the outcome `unknown` when a request has no answer yet.
  void cut();
  /// Nothing is called any more.
  void abandon();

  const Arrival& arrival() const { return *arrival_; }
  std::size_t user() const { return user_; }

 private:
  const RequestStep& request() const { return std::get<RequestStep>(journey_.steps[step_]); }
  Duration think(const ThinkStep& step) const;
  void make_step();
  void make_request();
  void ask();
  void send(http::Request made);
  std::optional<http::Request> build() const;
  const std::string* value_of(const std::string& name) const;
  void take_answer(const http::Exchange& exchange);
  std::optional<http::Request> redirect_of(const http::Exchange& exchange) const;
  void follow(const http::Exchange& exchange, http::Request next);
  void take_last_answer(const http::Exchange& exchange);
  Captures capture(const Answer& answer) const;
  void keep(const Captures& captured);
  std::vector<CheckResult> check(const Answer& answer, const http::Exchange& exchange) const;
  std::vector<Measured> measure(const Answer& answer, const http::Exchange& exchange, bool passed) const;
  Instant due_of(const std::string& route) const;
  void end(bool complete);

  const Surroundings& around_;
  const ArrivalPtr arrival_;
  const Journey& journey_;
  const std::size_t user_;
  const Instant first_due_;
  const std::string number_;
  std::size_t step_ = 0;
  std::uint32_t attempt_ = 1;                // of the request that is the step
  Instant due_;                              // of the next request, or of the one under way
  Instant asked_;                            // when this attempt of the step was due
  std::string target_;                       // of what was sent last
  std::optional<http::Request> redirected_;  // what was sent last, where an answer led to it
  std::uint32_t followed_ = 0;               // redirects, of this attempt
  std::vector<std::pair<const RequestStep*, Instant>> begun_;  // when each step so far was due
  bool awaiting_ = false;                                      // a request was sent and is not finished
  bool ended_ = false;
  Outcome outcome_ = Outcome::acked;  // by the last request
  Captures captures_;
  Cookies cookies_;
  Repeats repeats_;
  Timer timer_;
};

}  // namespace faultline::load
