#include "load/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "core/assert.h"
#include "core/error.h"
#include "load/flight.h"
#include "load/flow_request.h"
#include "load/recent_latency.h"

namespace faultline::load {
namespace {

constexpr std::size_t kNoUser = SIZE_MAX;
// Before a user whose journey was shed tries again.
constexpr Duration kShedPause = std::chrono::milliseconds(10);

// A user of a closed load.
struct Visitor {
  explicit Visitor(Clock& clock) : timer(clock) {}
  std::uint64_t journeys = 0;  // begun
  bool gone = false;           // comes no more
  Timer timer;
};

}  // namespace

// Owned by the driver. What the clock calls may outlive it, and holds it weakly.
class Driver::Run final : public Flight::Owner, public std::enable_shared_from_this<Driver::Run> {
 public:
  Run(Clock& clock, Sender& sender, const std::vector<Load>& loads, Work work, Secrets secrets,
      Observer& observer, DriverLimits limits)
      : clock_(clock),
        schedule_(std::move(work.schedule)),
        users_(std::move(work.users)),
        secrets_(std::move(secrets)),
        observer_(observer),
        limits_(std::move(limits)),
        around_{clock, sender, secrets_, *this},
        timer_(clock),
        drain_timer_(clock) {
    for (const Load& load : loads) {
      for (const Journey& journey : load.flow.journeys) {
        journeys_[load.flow.name].emplace(journey.name, &journey);
      }
      require_environment(load.flow);
      require_api_keys(load.flow);
    }
    for (std::size_t user = 0; user < users_.size(); ++user) {
      visitors_.push_back(std::make_unique<Visitor>(clock));
    }
    counters_.planned = schedule_->size();
  }

  ~Run() override {
    for (const auto& [number, flight] : flights_) {
      flight->abandon();
    }
  }

  void start(Instant begin, std::function<void()> finished) {
    FAULTLINE_ASSERT(!finished_, "a driver starts once");
    begin_ = begin;
    finished_ = std::move(finished);
    visiting_ = visitors_.size();
    const Duration first = schedule_->size() == 0 ? Duration::zero() : schedule_->at(0);
    timer_.call_at(begin + first, weak([](Run& run) { run.start_due(); }));
    for (std::size_t user = 0; user < visitors_.size(); ++user) {
      const auto& there = users_.there(user);
      visitors_[user]->timer.call_at(begin + (there.empty() ? Duration::zero() : there.front().from),
                                     [this, user] { visit(user); });
    }
  }

  void stop() {
    FAULTLINE_ASSERT(finished_, "a driver is stopped after it was started");
    if (stopped_ || told_finished_) {
      return;
    }
    counters_.due = due_by_now();
    stopped_ = true;
    next_ = schedule_->size();
    waiting_.clear();
    queue_.clear();
    for (std::size_t user = 0; user < visitors_.size(); ++user) {
      leave(user);
    }
    // Either call comes from the clock, since `finished` must not be called from here.
    timer_.call_at(clock_.now(), weak([](Run& run) { run.finish_if_done(); }));
    drain_timer_.call_at(clock_.now() + limits_.drain, weak([](Run& run) { run.cut_all(); }));
  }

  bool settled() const {
    FAULTLINE_ASSERT(finished_, "a driver settles after it was started");
    return flights_.empty() && waiting_.empty() && queue_.empty() &&
           (next_ == schedule_->size() || schedule_->at(next_) >= next_gate());
  }

  void open(Duration later) {
    FAULTLINE_ASSERT(finished_ && gates_opened_ < limits_.gates.size(), "there is a gate to open");
    ++gates_opened_;
    begin_ += later;
    if (stopped_ || told_finished_) {
      return;
    }
    timer_.call_at(clock_.now(), weak([](Run& run) { run.start_due(); }));
    for (std::size_t user = 0; user < visitors_.size(); ++user) {
      if (Visitor& visitor = *visitors_[user]; !visitor.gone && !under_way(user)) {
        visitor.timer.call_at(clock_.now(), [this, user] { visit(user); });
      }
    }
  }

  Counters counters() {
    Counters now = counters_;
    now.due = stopped_ ? counters_.due : due_by_now();
    now.in_flight = flights_.size();
    now.waiting = queue_.size();
    now.users = finished_ && !stopped_ ? users_.there_at(clock_.now() - begin_) : 0;
    now.recent_p95 = recent_.percentile(clock_.now(), 95);
    return now;
  }

 private:
  const Journey& journey_of(const Arrival& arrival) const {
    const auto flow = journeys_.find(arrival.flow);
    FAULTLINE_ASSERT(flow != journeys_.end(), "the plan has a flow that no load of it has");
    const auto journey = flow->second.find(arrival.journey);
    FAULTLINE_ASSERT(journey != flow->second.end(), "the plan has a journey that no load of it has");
    return *journey->second;
  }

  void require_environment(const Flow& flow) const {
    for (const std::string& name : flow.environment) {
      if (!secrets_.environment.contains(name)) {
        throw EnvironmentError(fmt::format("flow '{}' needs the environment variable {}", flow.name, name),
                               fmt::format("set {} and run it again", name));
      }
    }
  }

  void require_api_keys(const Flow& flow) const {
    for (const std::string& tenant : tenants(flow)) {
      if (!secrets_.api_keys.contains(tenant)) {
        throw EnvironmentError(
            fmt::format("there is no API key for tenant '{}', which flow '{}' draws", tenant, flow.name),
            "give the service a key for every tenant that the flow picks");
      }
    }
  }

  // A call that is made unless the driver is gone by then. It keeps the run alive while it lasts, since
  // `finished` may destroy the driver.
  template <typename F>
  std::function<void()> weak(F call) {
    return [self = weak_from_this(), call] {
      if (const auto run = self.lock()) {
        call(*run);
      }
    };
  }

  std::uint64_t due_by_now() const {
    if (!finished_) {
      return 0;
    }
    const Duration passed = std::min(clock_.now() - begin_, next_gate() - Duration{1});
    std::size_t least = next_, most = schedule_->size();  // what was started was due
    if (least > 0 && schedule_->at(least - 1) > passed) {
      least = 0;
    }
    while (least < most) {
      const std::size_t middle = least + (most - least) / 2;
      (schedule_->at(middle) <= passed ? least : most) =
          schedule_->at(middle) <= passed ? middle + 1 : middle;
    }
    return least;
  }

  Duration next_gate() const {
    return gates_opened_ < limits_.gates.size() ? limits_.gates[gates_opened_] : Duration::max();
  }

  void start_due() {
    while (next_ < schedule_->size() && schedule_->at(next_) < next_gate() &&
           begin_ + schedule_->at(next_) <= clock_.now()) {
      ArrivalPtr arrival = schedule_->arrival(next_++);
      if (flights_.contains(arrival->after) || waits(arrival->after)) {
        waiting_.push_back(std::move(arrival));
      } else {
        const Instant due = begin_ + arrival->at;
        start_arrival(std::move(arrival), due, kNoUser);
      }
    }
    if (next_ < schedule_->size() && schedule_->at(next_) >= next_gate()) {
      return;  // open() goes on
    }
    if (next_ < schedule_->size()) {
      timer_.call_at(begin_ + schedule_->at(next_), weak([](Run& run) { run.start_due(); }));
    } else {
      finish_if_done();
    }
  }

  bool waits(std::uint64_t number) const {
    return std::any_of(waiting_.begin(), waiting_.end(),
                       [number](const ArrivalPtr& arrival) { return arrival->number == number; });
  }

  // Those that have waited for this one are due now.
  void start_after(std::uint64_t number) {
    if (waiting_.empty()) {
      return;
    }
    const Instant now = clock_.now();
    const auto theirs =
        std::stable_partition(waiting_.begin(), waiting_.end(),
                              [number](const ArrivalPtr& arrival) { return arrival->after != number; });
    const std::vector<ArrivalPtr> due(theirs, waiting_.end());
    waiting_.erase(theirs, waiting_.end());
    for (const ArrivalPtr& arrival : due) {
      start_arrival(arrival, now, kNoUser);
    }
  }

  void start_arrival(ArrivalPtr arrival, Instant due, std::size_t user) {
    if (flights_.size() >= limits_.in_flight) {
      if (limits_.past == DriverLimits::Past::wait) {
        queue_.push_back({std::move(arrival), due, user});
        return;
      }
      ++counters_.shed;
      observer_.arrival_shed(*arrival, due);
      start_after(arrival->number);
      if (user != kNoUser) {
        visitors_[user]->timer.call_at(clock_.now() + kShedPause, [this, user] { visit(user); });
      }
      return;
    }
    const Duration late = clock_.now() - due;
    ++counters_.started;
    counters_.late_most = std::max(counters_.late_most, late);
    observer_.arrival_started(*arrival, due, late);
    const Journey& journey = journey_of(*arrival);
    const auto flight = std::make_shared<Flight>(around_, std::move(arrival), journey, due, user);
    flights_.emplace(flight->arrival().number, flight);
    starting_ = true;
    flight->start();
    starting_ = false;
  }

  void request_ended(const RequestRecord& record) override {
    ++counters_.requests;
    counters_.errors += record.expected ? 0 : 1;
    if (const auto latency = record.latency()) {
      recent_.record(clock_.now(), *latency);
    }
    observer_.request_finished(record);
  }

  void flight_ended(Flight& flight, const OutcomeRecord& record) override {
    flights_.erase(flight.arrival().number);
    ++counters_.done;
    counters_.failed += record.outcome == Outcome::acked ? 0 : 1;
    observer_.arrival_finished(record);
    start_after(flight.arrival().number);
    come_again(flight.user());
    if (!queue_.empty() && flights_.size() < limits_.in_flight) {
      Queued next = std::move(queue_.front());
      queue_.pop_front();
      start_arrival(std::move(next.arrival), next.due, next.user);
    }
    finish_if_done();
  }

  // The user's journey has ended, or was not begun: the next is due now. One that ends as soon as it begins is followed
  // from the clock, so that it does not keep everything else from happening.
  void come_again(std::size_t user) {
    if (user == kNoUser || visitors_[user]->gone) {
      return;
    }
    if (starting_) {
      visitors_[user]->timer.call_at(clock_.now(), [this, user] { visit(user); });
    } else {
      visit(user);
    }
  }

  bool under_way(std::size_t user) const {
    return std::any_of(flights_.begin(), flights_.end(),
                       [user](const auto& each) { return each.second->user() == user; }) ||
           std::any_of(queue_.begin(), queue_.end(),
                       [user](const Queued& each) { return each.user == user; });
  }

  void visit(std::size_t user) {
    Visitor& visitor = *visitors_[user];
    const Instant now = clock_.now();
    const Duration at = now - begin_;
    const auto& there = users_.there(user);
    const auto span =
        std::find_if(there.begin(), there.end(), [at](const Span& each) { return at < each.to; });
    if (span == there.end()) {
      leave(user);
      return finish_if_done();
    }
    if (at < span->from) {
      return visitor.timer.call_at(begin_ + span->from, [this, user] { visit(user); });
    }
    if (at < next_gate()) {  // otherwise open() goes on
      start_arrival(users_.journey(user, visitor.journeys++, at), now, user);
    }
  }

  void leave(std::size_t user) {
    Visitor& visitor = *visitors_[user];
    visiting_ -= visitor.gone ? 0 : 1;
    visitor.gone = true;
    visitor.timer.cancel();
  }

  // Ends what has not ended in the time that stop() gave.
  void cut_all() {
    while (!flights_.empty()) {
      flights_.begin()->second->cut();
    }
  }

  void finish_if_done() {
    if (next_ < schedule_->size() || !waiting_.empty() || !queue_.empty() || !flights_.empty() ||
        visiting_ > 0 || told_finished_) {
      return;
    }
    told_finished_ = true;
    timer_.cancel();
    drain_timer_.cancel();
    // From the clock and on its own, so that whoever is calling has returned before the driver may be
    // destroyed.
    clock_.call_at(clock_.now(), [self = weak_from_this()] {
      if (const auto run = self.lock()) {
        const auto finished = run->finished_;
        finished();
      }
    });
  }

  // Past the limit of what may be in flight.
  struct Queued {
    ArrivalPtr arrival;
    Instant due;
    std::size_t user = kNoUser;
  };

  Clock& clock_;
  const std::unique_ptr<Schedule> schedule_;
  const Users users_;
  const Secrets secrets_;
  Observer& observer_;
  const DriverLimits limits_;
  const Flight::Surroundings around_;

  std::unordered_map<std::string, std::unordered_map<std::string, const Journey*>>
      journeys_;                                                        // by flow and name
  std::unordered_map<std::uint64_t, std::shared_ptr<Flight>> flights_;  // by the arrival's number
  std::vector<std::unique_ptr<Visitor>> visitors_;
  std::size_t visiting_ = 0;  // visitors that are not gone
  Instant begin_{};           // of the schedule's times; later by what gates have waited
  std::size_t gates_opened_ = 0;
  std::size_t next_ = 0;             // the arrival to start next
  std::vector<ArrivalPtr> waiting_;  // due, but for the arrival that they come after
  std::deque<Queued> queue_;
  std::function<void()> finished_;
  bool starting_ = false;  // a flight, which may end at once
  bool stopped_ = false;
  bool told_finished_ = false;
  Timer timer_;        // the next arrival
  Timer drain_timer_;  // the end of what stop() waits for
  Counters counters_;
  RecentLatency recent_;
};

Driver::Driver(Clock& clock, Sender& sender, const std::vector<Load>& loads, Work work, Secrets secrets,
               Observer& observer, DriverLimits limits)
    : run_(std::make_shared<Run>(clock, sender, loads, std::move(work), std::move(secrets), observer,
                                 std::move(limits))) {}

Driver::~Driver() = default;

void Driver::start(Instant begin, std::function<void()> finished) {
  run_->start(begin, std::move(finished));
}

void Driver::stop() {
  run_->stop();
}

bool Driver::settled() const {
  return run_->settled();
}

void Driver::open(Duration later) {
  run_->open(later);
}

Counters Driver::counters() {
  return run_->counters();
}

}  // namespace faultline::load
