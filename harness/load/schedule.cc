#include "load/schedule.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/assert.h"
#include "load/timetable.h"

namespace faultline::load {
namespace {

class Listed final : public Schedule {
 public:
  explicit Listed(std::vector<Arrival> plan)
      : plan_(std::make_shared<const std::vector<Arrival>>(std::move(plan))) {}

  std::size_t size() const override { return plan_->size(); }
  Duration at(std::size_t index) const override { return (*plan_)[index].at; }
  ArrivalPtr arrival(std::size_t index) const override { return {plan_, &(*plan_)[index]}; }

 private:
  const std::shared_ptr<const std::vector<Arrival>> plan_;
};

class Drawn final : public Schedule {
 public:
  Drawn(const std::vector<Load>& loads, const std::vector<Phase>& phases, Seed seed, Share share)
      : loads_(loads), phases_(phases), seed_(seed), share_(share), due_(timetable(loads, phases, seed)) {}

  std::size_t size() const override {
    return due_.size() > share_.index ? (due_.size() - share_.index - 1) / share_.of + 1 : 0;
  }
  Duration at(std::size_t index) const override { return due_[place(index)].at; }
  ArrivalPtr arrival(std::size_t index) const override {
    return std::make_shared<const Arrival>(
        arrival_at(place(index), due_[place(index)], loads_, phases_, seed_));
  }

 private:
  std::size_t place(std::size_t index) const { return share_.index + index * share_.of; }

  const std::vector<Load>& loads_;
  const std::vector<Phase>& phases_;
  const Seed seed_;
  const Share share_;
  const std::vector<Due> due_;
};

}  // namespace

std::unique_ptr<Schedule> schedule_of(std::vector<Arrival> plan) {
  return std::make_unique<Listed>(std::move(plan));
}

std::unique_ptr<Schedule> schedule_of(const std::vector<Load>& loads, const std::vector<Phase>& phases,
                                      Seed seed, Share share) {
  return std::make_unique<Drawn>(loads, phases, seed, share);
}

}  // namespace faultline::load
