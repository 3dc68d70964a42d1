#include "result/suite.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace faultline::result {
namespace {

Result judged(Verdict verdict) {
  Result result;
  result.scenario = to_text(verdict) + "-one";
  result.verdict = verdict;
  return result;
}

const Unjudged kNoEnvironment{"no-port", "s/no-port.toml", false, "port 16379 is taken", "end what has it"};
const Unjudged kInterrupted{"late", "s/late.toml", true, "did not run: the suite was interrupted", ""};

int status(std::vector<Outcome> outcomes) {
  return exit_status({"0.1.0", std::move(outcomes)});
}

Verdict verdict(std::vector<Outcome> outcomes) {
  return verdict_of({"0.1.0", std::move(outcomes)});
}

TEST(Suite, HasFailedWhenOneHasSinceThatWasSeen) {
  EXPECT_EQ(verdict({judged(Verdict::held), judged(Verdict::held)}), Verdict::held);
  EXPECT_EQ(verdict({judged(Verdict::held), judged(Verdict::invalid)}), Verdict::invalid);
  EXPECT_EQ(verdict({judged(Verdict::failed), judged(Verdict::invalid)}), Verdict::failed);
  EXPECT_EQ(verdict({kNoEnvironment, judged(Verdict::failed)}), Verdict::failed);
}

TEST(Suite, IsInvalidWhenSomeOfItWasNotJudged) {
  EXPECT_EQ(verdict({judged(Verdict::held), kNoEnvironment}), Verdict::invalid);
  EXPECT_EQ(verdict({judged(Verdict::held), kInterrupted}), Verdict::invalid);
}

TEST(Suite, EndsWithTheWorstStatusAMissingEnvironmentBeingWorst) {
  EXPECT_EQ(status({judged(Verdict::held)}), 0);
  EXPECT_EQ(status({judged(Verdict::invalid), judged(Verdict::held)}), 4);
  EXPECT_EQ(status({judged(Verdict::invalid), judged(Verdict::failed)}), 1);
  EXPECT_EQ(status({judged(Verdict::failed), kNoEnvironment}), 3);
  EXPECT_EQ(status({judged(Verdict::held), kInterrupted}), 4);
}

TEST(Suite, SaysOfEachWhatBecameOfIt) {
  EXPECT_EQ(to_text(Outcome{judged(Verdict::failed)}), "failed");
  EXPECT_EQ(to_text(Outcome{kNoEnvironment}), "error");
  EXPECT_EQ(to_text(Outcome{kInterrupted}), "not run");
  EXPECT_EQ(scenario_of(Outcome{kInterrupted}), "late");
  EXPECT_EQ(scenario_of(Outcome{judged(Verdict::held)}), "held-one");
}

TEST(SuiteJson, HasResultsAndThoseWithoutOneApart) {
  const auto json = to_json(Suite{"0.1.0", {judged(Verdict::held), kNoEnvironment, judged(Verdict::failed)}});
  EXPECT_EQ(json.at("schema"), "faultline.results/1");
  EXPECT_EQ(json.at("version"), "0.1.0");
  EXPECT_EQ(json.at("verdict"), "failed");
  ASSERT_EQ(json.at("results").size(), 2U);
  EXPECT_EQ(from_json(json.at("results").at(1)).scenario, "failed-one");
  EXPECT_EQ(json.at("unjudged").dump(),
            R"([{"scenario":"no-port","file":"s/no-port.toml","interrupted":false,)"
            R"("problem":"port 16379 is taken","remedy":"end what has it"}])");
}

}  // namespace
}  // namespace faultline::result
