#include "load/users.h"

#include <gmock/gmock.h>

#include <set>

#include "reading.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const std::vector<Phase> kPhases = {{"rise", 4s}, {"peak", 4s}};
constexpr std::string_view kFlow = R"(
[flow]
name = "f"
[flow.data]
token = { hex = 12 }
[[journey]]
name = "j"
[[journey.step]]
request = "GET /"
)";

std::vector<Load> rising() {
  return {{.flow = flow_of(kFlow),
           .model = Load::Model::closed,
           .course = {.in = {{"rise", {0, 2}}, {"peak", {2, 2}}}}}};
}

TEST(Users, AreThereWhenTheCourseReachesThem) {
  const auto loads = rising();
  const Users users(loads, kPhases, 1);
  ASSERT_EQ(users.size(), 2U);
  EXPECT_THAT(users.there(0), ElementsAre(Span{2s, 8s}));
  EXPECT_THAT(users.there(1), ElementsAre(Span{4s, 8s}));
  EXPECT_EQ(users.there_at(1s), 0U);
  EXPECT_EQ(users.there_at(3s), 1U);
  EXPECT_EQ(users.there_at(5s), 2U);
}

TEST(Users, MakeJourneysThatDependOnNothingButTheirNumbers) {
  const auto loads = rising();
  const Users all(loads, kPhases, 7);
  const Users second(loads, kPhases, 7, {.index = 1, .of = 2});
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(*all.journey(1, 5, 6s), *second.journey(0, 5, 6s)) << "whichever thread makes it";
  EXPECT_EQ(all.journey(1, 5, 6s)->phase, "peak");
  EXPECT_EQ(all.journey(1, 5, 2s)->data, all.journey(1, 5, 6s)->data) << "whenever it comes";
}

TEST(Users, NumberTheirJourneysApart) {
  const auto loads = rising();
  const Users users(loads, kPhases, 7);
  std::set<std::uint64_t> numbers;
  std::set<std::string> tokens;
  for (std::size_t user = 0; user < 2; ++user) {
    for (std::uint64_t i = 0; i < 50; ++i) {
      const auto arrival = users.journey(user, i, 0s);
      EXPECT_EQ(iteration_of(arrival->number), (Iteration{user + 1, i + 1}));
      numbers.insert(arrival->number);
      tokens.insert(*arrival->datum("token"));
    }
  }
  EXPECT_EQ(numbers.size(), 100U);
  EXPECT_EQ(tokens.size(), 100U);
}

TEST(Users, MakeTheSameJourneysWhateverElseThereIs) {
  auto loads = rising();
  const Users alone(loads, kPhases, 7);
  loads.push_back({.flow = flow_of(kFlow), .model = Load::Model::closed, .course = steady(5)});
  loads.push_back({.flow = flow_of(kFlow), .course = steady(100)});
  const std::vector<Phase> longer = {{"rise", 40s}, {"peak", 40s}};
  const Users among_others(loads, longer, 7);
  EXPECT_EQ(alone.journey(1, 5, 1s)->data, among_others.journey(1, 5, 1s)->data);
  EXPECT_EQ(*alone.journey(1, 5, 1s), *among_others.journey(1, 5, 1s));
}

TEST(Users, HaveNumbersThatPeopleCanRead) {
  EXPECT_EQ(number_of({.user = 3, .number = 7}), 3'000'000'007U);
  EXPECT_EQ(number_text(3'000'000'007U), "user 3.7");
  EXPECT_EQ(arrival_text(3'000'000'007U), "user 3.7");
  EXPECT_EQ(number_text(17), "17");
  EXPECT_EQ(arrival_text(17), "arrival 17");
  EXPECT_EQ(iteration_of(999'999'999), std::nullopt) << "the last of a plan";
}

}  // namespace
}  // namespace faultline::load
