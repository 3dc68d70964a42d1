// A run that failed is run again, and says whether the same happened.

#include <gmock/gmock.h>

#include "command.h"
#include "service_under_test.h"

namespace faultline::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// In front of the service: every fourth arrival is refused, and of the others some answers are changed.
constexpr const char* kFaults = R"(
[[fault]]
name   = "busy"
on     = "service"
when   = { every = 4, of = "arrivals" }
inject = { status = { code = 503 } }
[[fault]]
name   = "gateway"
on     = "service"
when   = { probability = "30%" }
edge   = "response"
inject = { status = { code = 502 } }
[[expect]]
phase = "only"
that  = ["http_req_failed rate < 1%"]
)";

TEST(Replay, OfAFailedRunIsIdentical) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string first = (scratch / "first").string(), again = (scratch / "again").string();
  const Said failed = run({"run", service.scenario(scratch, kFaults), "--out", first});
  ASSERT_EQ(failed.status, 1) << failed.out << failed.err;

  const Said trace = run({"trace", first});
  EXPECT_THAT(trace.out,
              AllOf(HasSubstr("4  service   GET /items/* #1  request: status by \"busy\"\n"),
                    HasSubstr("response: status by \"gateway\"\n"), HasSubstr("  outcome   failed\n")));
  EXPECT_THAT(trace.err, HasSubstr("40 causes; 40 fault points: 40 by header"));

  const Said replayed = run({"replay", first, "--out", again});
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("identical: 40 causes"));
  EXPECT_EQ(run({"trace", again}).out, trace.out);
  EXPECT_EQ(run({"diff", first, again}).status, 0);
}

TEST(Replay, NamesWhereAServiceThatWasChangedDiffersFirst) {
  ServiceUnderTest service;
  const Scratch scratch;
  const std::string first = (scratch / "first").string();
  ASSERT_EQ(run({"run", service.scenario(scratch), "--set", "scenario.observe=all", "--out", first}).status,
            0);
  service.break_at("/items/17?");
  const Said replayed = run({"replay", first, "--out", (scratch / "again").string()});
  EXPECT_EQ(replayed.status, 1) << replayed.out << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("identical for 39 of 40 causes; the first difference is in cause 17:\n"
                                      "  then  outcome   acked\n"
                                      "  now   outcome   unknown\n"));
}

}  // namespace
}  // namespace faultline::e2e
