// Two sides of one scenario, by the same arrivals.

#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "command.h"
#include "service_under_test.h"

namespace faultline::e2e {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// The service's clients are refused now and then.
constexpr const char* kBusy = R"(
[[fault]]
name   = "busy"
on     = "service"
when   = { every = 2, of = "arrivals" }
inject = { status = { code = 503 } }
[[expect]]
phase = "only"
that  = ["http_req_failed rate < 1%"]
)";

TEST(Compare, SaysWhichSideIsBetterByTheSameArrivals) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string list = scratch / "compare.json";
  const Said said = run({"compare", service.scenario(scratch, kBusy), "--b", "fault.busy.enabled=false",
                         "--out", scratch / "compare", "--json", list});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("b is better than a"),
                              ContainsRegex("only +arrivals failed +50.00% +0.00% +±0.50% +better"),
                              HasSubstr("only b held: expectation in only: http_req_failed rate < 1%")));
  EXPECT_FALSE(std::filesystem::exists(scratch / "compare/latest")) << "none of the three is the latest run";
  const json figure = json::parse(text_of(list)).at(0).at("figures").at(0);
  EXPECT_EQ(figure.at("a"), figure.at("a_again")) << "the same arrivals meet the same faults";
  EXPECT_EQ(figure.at("b_worse"), 0);
}

TEST(Compare, FailsWhereBIsWorse) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const Said said = run({"compare", service.scenario(scratch, kBusy), "--a", "fault.busy.enabled=false",
                         "--out", scratch / "compare"});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("b is worse than a"), HasSubstr("ONLY A HELD: expectation in only")));
}

TEST(Compare, SaysWhatIsWrongBeforeItStartsAnything) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string file = service.scenario(scratch, kBusy);
  const Said without = run({"compare", file});
  EXPECT_EQ(without.status, 2);
  EXPECT_THAT(without.err, HasSubstr("has no [compare], so say what is different"));
  const Said mistaken = run({"compare", file, "--b", "fault.bussy.enabled=false"});
  EXPECT_EQ(mistaken.status, 2);
  EXPECT_THAT(mistaken.err, HasSubstr("'bussy'"));
}

}  // namespace
}  // namespace faultline::e2e
