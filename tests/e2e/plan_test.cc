// The plan is what is run.

#include <gmock/gmock.h>

#include <algorithm>

#include "command.h"
#include "service_under_test.h"

namespace faultline::e2e {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Plan, IsTheSameForASeedAndAnotherForAnother) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string scenario = service.scenario(scratch);
  for (const char* name : {"a", "b"}) {
    const Said said = run({"run", scenario, "--seed", "7", "--out", (scratch / name).string()});
    ASSERT_EQ(said.status, 0) << said.out << said.err;
  }
  ASSERT_EQ(run({"run", scenario, "--seed", "8", "--out", (scratch / "c").string()}).status, 0);
  const std::string plan = text_of(scratch / "a" / "plan.ndjson");
  EXPECT_EQ(std::count(plan.begin(), plan.end(), '\n'), 40);
  EXPECT_EQ(text_of(scratch / "b" / "plan.ndjson"), plan);
  EXPECT_NE(text_of(scratch / "c" / "plan.ndjson"), plan);
}

TEST(Plan, WithoutALineMakesOneRequestLess) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string scenario = service.scenario(scratch);
  ASSERT_EQ(run({"run", scenario, "--out", (scratch / "whole").string()}).status, 0);
  const std::vector<std::string> before = service.asked();
  EXPECT_EQ(before.size(), 40U);
  EXPECT_THAT(before, Contains(StartsWith("/items/17?")));

  std::string plan = text_of(scratch / "whole" / "plan.ndjson");
  const auto line = plan.find("{\"k\":17,");
  plan.erase(line, plan.find('\n', line) + 1 - line);
  const Said said = run(
      {"run", scenario, "--plan", scratch.write("cut.ndjson", plan), "--out", (scratch / "cut").string()});
  ASSERT_EQ(said.status, 0) << said.out << said.err;
  std::vector<std::string> after = service.asked();
  after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before.size()));
  EXPECT_EQ(after.size(), 39U);
  EXPECT_THAT(after, Not(Contains(StartsWith("/items/17?"))));
}

}  // namespace
}  // namespace faultline::e2e
