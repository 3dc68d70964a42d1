// Whether each expectation can fail is found out by runs in which it should.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "service_under_test.h"

namespace faultline::e2e {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST(Audit, ProvesThatEveryExpectationOfAnIncidentCanFail) {
  const Scratch scratch;
  add_suites(scratch);
  const std::string file = scratch.write(
      "quick.toml",
      quick({{"slo  = \"settler\"", "slo  = \"settler\"\nguards = [\"RATE_LIMIT_FALLBACK\"]"}}));
  const std::string out = scratch / "audit", list = scratch / "audit.json";
  const Said said = run({"audit", file, "--out", out, "--json", list});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(
      said.out,
      AllOf(
          ContainsRegex("1/4 without fault redis-refuses … failed as it must \\(diagnosis 'PING gets"),
          ContainsRegex(
              "2/4 without mitigation Restart Redis … failed as it must \\(recovery 'The service sees"),
          HasSubstr("3/4 without RATE_LIMIT_FALLBACK … failed as it must ("),
          ContainsRegex("4/4 with the incident from the start … failed as it must \\(symptom 'Rate limiting"),
          HasSubstr("every check can fail")));

  const json audit = json::parse(text_of(list)).at(0);
  EXPECT_EQ(audit["variants"][0]["stopped"], true) << "what is certain need not be waited for";
  const std::string variant = audit["variants"][0]["directory"];
  EXPECT_EQ(variant, out + "/1-without-fault-redis-refuses");
  EXPECT_THAT(text_of(variant + "/journal.ndjson"), HasSubstr("\"kind\":\"stopped\""));
  const Said again = run({"report", variant});
  EXPECT_EQ(again.status, 1) << "the verdict follows from the journal";
  EXPECT_THAT(again.out, AllOf(HasSubstr("stopped at its first failure"), HasSubstr("FAIL diagnosis")));
  EXPECT_EQ(again.out.find("invariant"), std::string::npos) << "what was not judged is not listed";
}

TEST(Audit, OfThePlaybookMaySampleItsVariants) {
  const Scratch scratch;
  const Said said =
      run({"audit", "suites/playbook/redis-down.toml", "--sample", "1", "--out", scratch / "audit"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("every check can fail"), HasSubstr("1 of 1 variants failed")));
}

// The service's clients are refused now and then, which nothing in the scenario is about.
constexpr const char* kNeedless = R"(
[[fault]]
name   = "busy"
on     = "service"
when   = { every = 4, of = "arrivals" }
inject = { status = { code = 503 } }
[[expect]]
phase = "only"
that  = ["http_req_failed rate <= 100%"]
)";

TEST(Audit, NamesWhatCannotFailAndTheFaultThatNothingIsAbout) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const Said said =
      run({"audit", service.scenario(scratch, kNeedless), "--out", (scratch / "audit").string()});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("1/1 without fault busy … HELD, and must not"),
                    HasSubstr("without fault busy: everything held"),
                    HasSubstr("nothing can fail this: expectation in only: http_req_failed rate <= 100%")));
}

TEST(Audit, EndsWithAScenarioThatDoesNotHoldAsItIs) {
  const ServiceUnderTest service;
  const Scratch scratch;
  const std::string file =
      service.scenario(scratch, "[[expect]]\nphase = \"only\"\nthat = [\"http_req_failed rate > 50%\"]\n");
  const Said said = run({"audit", file, "--out", (scratch / "audit").string()});
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("FAIL expectation"), HasSubstr("the scenario itself does not hold")));
}

TEST(Audit, SaysEveryMistakeOfTheFilesBeforeItStartsAnything) {
  const Scratch scratch;
  const Said said = run({"audit", scratch.write("s.toml", "[scenario]\nname = \"x\"\nguards = [\"A=B\"]\n")});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.err, HasSubstr("'A=B' is no name of an environment variable"));
}

}  // namespace
}  // namespace faultline::e2e
