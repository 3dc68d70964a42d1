// Services that are not ours: those of the README, in Node.

#include <gmock/gmock.h>

#include "command.h"

namespace faultline::e2e {
namespace {

using ::testing::HasSubstr;

TEST(OtherService, OfTheReadmeIsSeenToRecover) {
  const Scratch scratch;
  const Said said = run({"run", "examples/counter/scenario.toml", "--out", (scratch / "o").string()});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("counter-database-gone held"));
}

TEST(OtherService, IsShownToFailWhenItsDatabaseNeverComesBack) {
  const Scratch scratch;
  const Said said = run({"run", "examples/counter/scenario.toml", "--set",
                         "fault.database-refuses.until=mitigation", "--out", (scratch / "o").string()});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("FAIL recovery"));
}

TEST(OtherService, OfTheSameContractHoldsInAScenarioOfTheReferenceService) {
  const Scratch scratch;
  const Said said = run({"run", "suites/any-service/service-killed.toml", "--service",
                         "node examples/reconciler/server.js", "--out", (scratch / "o").string()});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("service-killed  held"));
}

}  // namespace
}  // namespace faultline::e2e
