#include "run/arrival_causes.h"

#include <gtest/gtest.h>

#include "load/once.h"

namespace faultline::run {
namespace {

constexpr const char* kWord = "job-5d0a91c3f7e2";
constexpr const char* kTrace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

class Value final : public fault::Subject {
 public:
  explicit Value(std::string value) : value_(std::move(value)) {}
  bool any(fault::Field field, std::string_view /*name*/, const Test& test) const override {
    return field == fault::Field::parameter && test(value_);
  }

 private:
  const std::string value_;
};

struct Caused {
  scenario::Scenario scenario{};
  std::optional<ArrivalCauses> causes{};
  protocol::Operation operation{};

  explicit Caused(std::vector<load::Load> loads = {}) {
    scenario.load = std::move(loads);
    causes.emplace(std::vector<load::Arrival>{}, scenario);
  }
  stream::Causes::Found of(const std::string& value, const std::string& trace = "") {
    const Value subject(value);
    return causes->find("postgres", {.subject = subject, .operation = operation, .trace = trace});
  }
};

// The second journey of user 3.
load::Arrival second_journey() {
  load::Arrival made;
  made.number = load::number_of({.user = 3, .number = 2});
  made.phase = "peak";
  made.data = {{"name", kWord}, {"tenant", "tenant-c"}};
  made.traceparent = kTrace;
  return made;
}

TEST(ArrivalCauses, KnowTheJourneyOfAUserOnceItHasBegun) {
  Caused caused;
  EXPECT_EQ(caused.of("", kTrace).known, fault::Known::background);
  caused.causes->started(second_journey());
  const auto by_header = caused.of("", kTrace);
  EXPECT_EQ(by_header.known, fault::Known::header);
  EXPECT_EQ(by_header.cause->name, "3000000002");
  EXPECT_EQ(by_header.cause->phase, "peak") << "in which it began";
  EXPECT_EQ(by_header.cause->tenant, "tenant-c");
  const auto by_value = caused.of(kWord);
  EXPECT_EQ(by_value.known, fault::Known::value);
  EXPECT_EQ(by_value.cause->key, 3'000'000'002U);
}

TEST(ArrivalCauses, TakeWhatASetupAsksForForNoArrivals) {
  load::Load load;
  load.flow.name = "f";
  load.flow.journeys.push_back({.name = "j", .weight = 1, .steps = {}});
  load.flow.setup = load::Journey{.name = "setup", .weight = 1, .steps = {}};
  Caused caused({load});
  const auto setup =
      caused.of("", load::arrival_of_once(load.flow, *load.flow.setup, caused.scenario.seed).traceparent);
  EXPECT_EQ(setup.known, fault::Known::header);
  EXPECT_EQ(setup.cause->name, "setup");
  EXPECT_EQ(setup.cause->number, 0U);
  EXPECT_EQ(setup.cause->phase, "");
}

TEST(ArrivalCauses, TellNothingByWhatASetupHasMadeForAll) {
  Caused caused;
  caused.causes->shared("session-0b4c1a7e");
  caused.causes->started(second_journey());
  EXPECT_EQ(caused.of(std::string(kWord) + " session-0b4c1a7e").cause->key, 3'000'000'002U);
  EXPECT_TRUE(caused.of("session-0b4c1a7e").cause->background());
}

}  // namespace
}  // namespace faultline::run
