#include "search/audit.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "../judge/run_on_paper.h"

namespace faultline::search {
namespace {

using namespace std::chrono_literals;
using judge::expression;
using judge::RunOnPaper;
using scenario::Step;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A symptom and an expectation that can fail, both of which held.
RunOnPaper baseline() {
  RunOnPaper run;
  run.play_phases(20);
  run.requests(20, 0);
  run.scenario.expectations = {{{0}, {expression("http_req_failed rate < 1%")}}};
  const std::size_t symptom = run.add_probe(Step::Kind::symptom, 1);
  run.probe(symptom, true, false, "PONG");
  run.probe(symptom, false, true, "refused");
  return run;
}

class Told final : public AuditObserver {
 public:
  std::vector<std::string> what;
  void baseline_ended(const Ran& ran) override { what.push_back("baseline " + to_text(ran.result.verdict)); }
  void variant_begins(std::size_t number, std::size_t all, const Variant& variant) override {
    what.push_back(std::to_string(number) + "/" + std::to_string(all) + " " + variant.what);
  }
  void variant_ended(std::size_t number, std::size_t, const TriedVariant& tried) override {
    what.push_back(std::to_string(number) + " ended: " + tried.why());
  }
};

// Audits that run with two variants. The environment is a function.
struct Audited {
  RunOnPaper run = baseline();
  std::vector<Ask> asked;
  Told told;

  static Ran judged(const RunOnPaper& of) {
    Ran ran{.end = Ran::End::judged, .result = of.judged(), .journal = of.journal};
    ran.repeat = "faultline run s.toml --set fault.X.enabled=false";
    ran.took = 6200ms;
    return ran;
  }
  // The symptom is not seen.
  Ran failed() const {
    RunOnPaper without = run;
    without.journal.back()["seen"] = false;
    return judged(without);
  }
  Audit audit(const Ran& first, const Ran& second) {
    const std::vector<Variant> variants = {
        {Variant::Kind::without_fault, "without fault X", "X", {{"fault.X.enabled", "false"}}},
        {Variant::Kind::without_guard, "without HARDEN_Y", "Y", {{"service.env.HARDEN_Y", "0"}}}};
    return search::audit(
        run.scenario, variants,
        [&](const Ask& ask) {
          asked.push_back(ask);
          return asked.size() == 1 ? judged(run) : asked.size() == 2 ? first : second;
        },
        told);
  }
};

const AuditedCheck& check(const Audit& audit, const std::string& kind) {
  for (const AuditedCheck& each : audit.checks) {
    if (each.check.kind == kind) {
      return each;
    }
  }
  throw std::runtime_error("no check of kind " + kind);
}

TEST(Audit, IsSatisfiedWhenEveryVariantFailsAndEveryCheckCan) {
  Audited audited;
  const Audit audit = audited.audit(audited.failed(), audited.failed());
  EXPECT_EQ(exit_status(audit), 0) << to_text(audit, true);
  EXPECT_THAT(check(audit, "symptom").variants, ElementsAre(0, 1));
  EXPECT_EQ(check(audit, "symptom").forgery, "") << "a run is better";
  EXPECT_THAT(check(audit, "expectation").variants, IsEmpty());
  EXPECT_EQ(check(audit, "expectation").forgery, "every request of phase 'steady' is an error");
  EXPECT_THAT(audited.told.what,
              ElementsAre("baseline held", "1/2 without fault X", "1 ended: symptom 'PING fails'",
                          "2/2 without HARDEN_Y", "2 ended: symptom 'PING fails'"));
}

TEST(Audit, AsksForTheScenarioAsItIsAndThenForOneChangeAtATime) {
  Audited audited;
  audited.audit(audited.failed(), audited.failed());
  ASSERT_EQ(audited.asked.size(), 3U);
  EXPECT_EQ(audited.asked[0].name, "baseline");
  EXPECT_FALSE(audited.asked[0].to_first_failure);
  EXPECT_TRUE(audited.asked[0].wants_journal);
  EXPECT_EQ(audited.asked[1].name, "1-without-fault-x");
  EXPECT_TRUE(audited.asked[1].to_first_failure);
  ASSERT_EQ(audited.asked[1].overrides.size(), 1U);
  EXPECT_EQ(audited.asked[2].overrides.at(0).key, "service.env.HARDEN_Y");
}

TEST(Audit, NamesAVariantThatHeld) {
  Audited audited;
  const Audit audit = audited.audit(audited.failed(), Audited::judged(audited.run));
  EXPECT_EQ(exit_status(audit), 1);
  EXPECT_THAT(to_text(audit, false), HasSubstr("without HARDEN_Y: everything held"));
}

TEST(Audit, LearnsNothingFromAVariantThatIsInvalid) {
  Audited audited;
  RunOnPaper silent = audited.run;
  silent.journal.back()["seen"] = false;
  silent.add_fault("another");  // which never acts
  const Audit audit = audited.audit(audited.failed(), Audited::judged(silent));
  EXPECT_EQ(exit_status(audit), 4);
  EXPECT_THAT(check(audit, "symptom").variants, ElementsAre(0));
  EXPECT_THAT(to_text(audit, false),
              HasSubstr("without HARDEN_Y: the run is invalid: validity 'fault 'another' acted'"));
}

TEST(Audit, SaysWhichRunsCouldNotBeHad) {
  Audited audited;
  const Audit audit =
      audited.audit({.end = Ran::End::environment, .problem = "the service was not ready"},
                    {.end = Ran::End::refused, .problem = "--set service.env: there is no 'service'"});
  EXPECT_EQ(exit_status(audit), 3);
  EXPECT_EQ(check(audit, "symptom").forgery, "step 'PING fails' fails");
  EXPECT_THAT(to_text(audit, false), AllOf(HasSubstr("without fault X: the service was not ready"),
                                           HasSubstr("without HARDEN_Y: --set service.env")));
}

TEST(Audit, ARefusedVariantAloneProvesNothingAndSpoilsNothing) {
  Audited audited;
  EXPECT_EQ(exit_status(audited.audit(audited.failed(), {.end = Ran::End::refused, .problem = "p"})), 0);
}

TEST(Audit, NamesACheckThatNothingFails) {
  Audited audited;
  audited.run.scenario.expectations.push_back({{0}, {expression("http_req_failed rate <= 100%")}});
  const Audit audit = audited.audit(audited.failed(), audited.failed());
  EXPECT_EQ(exit_status(audit), 1);
  EXPECT_THAT(to_text(audit, false),
              HasSubstr("nothing can fail this: expectation in steady: http_req_failed rate <= 100%"));
}

TEST(Audit, EndsWithAScenarioThatDoesNotHoldAsItIs) {
  Audited audited;
  audited.run.journal.back()["seen"] = false;
  const Audit audit = audited.audit({}, {});
  EXPECT_EQ(audited.asked.size(), 1U);
  EXPECT_EQ(exit_status(audit), 1);
  EXPECT_THAT(to_text(audit, false), HasSubstr("the scenario itself does not hold"));
  Audited silent;
  silent.run.add_fault("another");
  EXPECT_EQ(exit_status(silent.audit({}, {})), 4);
}

TEST(Audit, SaysThatTheScenarioCouldNotBeRun) {
  Told told;
  const Audit audit = search::audit(
      baseline().scenario, {},
      [](const Ask&) { return Ran{.end = Ran::End::environment, .problem = "no port"}; }, told);
  EXPECT_EQ(exit_status(audit), 3);
  EXPECT_THAT(to_text(audit, false), HasSubstr("the scenario could not be run\n  no port\n"));
}

TEST(Audit, EndsWhereARunWasInterrupted) {
  Audited audited;
  const Audit audit = audited.audit({.end = Ran::End::interrupted}, audited.failed());
  EXPECT_TRUE(audit.interrupted);
  EXPECT_EQ(audited.asked.size(), 2U);
}

TEST(Audit, TellsChecksApartByAllThatSaysWhatTheyAre) {
  const result::Check one{.kind = "diagnosis", .what = "PING", .where = "incident", .target = "redis PING"};
  result::Check other = one;
  EXPECT_TRUE(is_same(one, other));
  other.target = "redis PING fails";
  EXPECT_FALSE(is_same(one, other));
  const result::Check times{
      .kind = "expectation", .what = "p < 2 x steady", .where = "incident", .target = "< 2 x steady (4.1)"};
  result::Check again = times;
  again.target = "< 2 x steady (4.3)";
  EXPECT_TRUE(is_same(times, again)) << "the number is that of a run";
  again.where = "recovery";
  EXPECT_FALSE(is_same(times, again));
}

TEST(AuditText, FitsEightyColumnsButForCommandsAndFindings) {
  Audited audited;
  audited.run.scenario.steps[0].say =
      "Die Begrenzung fällt auf den Speicher zurück, und zwar überall und für immer und ewig";
  const Audit audit = audited.audit(audited.failed(), audited.failed());
  std::istringstream lines(to_text(audit, true));
  for (std::string line; std::getline(lines, line);) {
    const auto characters =
        std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    if (line.find("faultline run") == std::string::npos &&
        line.find("variants failed") == std::string::npos) {
      EXPECT_LE(characters, 80) << line;
    }
  }
  EXPECT_THAT(to_text(audit, false), Not(HasSubstr("every request of phase 'steady' is an error")));
  EXPECT_THAT(to_text(audit, true), HasSubstr("every request of phase 'steady' is an error"));
}

TEST(AuditJson, SaysWhatFailedEachCheck) {
  Audited audited;
  const auto json = to_json(audited.audit(audited.failed(), audited.failed()));
  EXPECT_EQ(json["schema"], "faultline.audit/1");
  EXPECT_EQ(json["exit_status"], 0);
  EXPECT_EQ(json["variants"].size(), 2U);
  EXPECT_EQ(json["variants"][0]["ended"], "failed");
  EXPECT_EQ(json["variants"][0]["overrides"][0], "fault.X.enabled=false");
  EXPECT_EQ(json["variants"][0]["not_held"][0]["what"], "PING fails");
  EXPECT_EQ(json["baseline"]["ended"], "held");
  for (const auto& one : json["checks"]) {
    EXPECT_EQ(one["can_fail"], true);
    EXPECT_EQ(one["variants"].empty(), one["forged"].is_string());
  }
}

}  // namespace
}  // namespace faultline::search
