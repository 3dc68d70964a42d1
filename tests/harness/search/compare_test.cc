#include "search/compare.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "../judge/run_on_paper.h"

namespace faultline::search {
namespace {

using judge::expression;
using judge::RunOnPaper;
using scenario::Side;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A phase in which so many of a hundred requests have no answer; at most one percent may.
RunOnPaper run_with(int errors) {
  RunOnPaper run;
  run.play_phases(20);
  for (int i = 0; i < 100; ++i) {
    run.request(i * 0.1, i < errors ? std::nullopt : std::optional(0.01));
  }
  run.scenario.expectations = {{{0}, {expression("http_req_failed rate < 1%")}}};
  return run;
}

Ran judged(const RunOnPaper& of) {
  Ran ran{.end = Ran::End::judged, .result = of.judged(), .journal = {}};
  ran.repeat = "faultline run s.toml";
  return ran;
}

class Told final : public CompareObserver {
 public:
  std::vector<std::string> what;
  void run_begins(const std::string& name) override { what.push_back(name); }
  void run_ended(const std::string& name, const Ran& ran) override {
    what.push_back(name + " ended " + to_text(ran.result.verdict));
  }
};

ComparedSide off() {
  return {{.name = "off", .changes = {{"service.env.HARDEN", "0"}}}, {}};
}
ComparedSide on() {
  return {{.name = "on"}, {}};
}

struct Comparison {
  std::vector<Ask> asked;
  Told told;

  Compared of(const Ran& a, const Ran& again, const Ran& b, const ComparedSide& side_a = off(),
              const ComparedSide& side_b = on()) {
    return compare(
        run_with(0).scenario, side_a, side_b,
        [&](const Ask& ask) {
          asked.push_back(ask);
          return asked.size() == 1 ? a : asked.size() == 2 ? again : b;
        },
        told);
  }
};

const Ran kBad = judged(run_with(10)), kGood = judged(run_with(0));

TEST(Compare, RunsAAgainstItselfFirst) {
  Comparison comparison;
  const Compared compared = comparison.of(kBad, kBad, kGood);
  ASSERT_THAT(comparison.asked, SizeIs(3));
  EXPECT_EQ(comparison.asked[0].overrides.at(0).key, "service.env.HARDEN");
  EXPECT_EQ(comparison.asked[1].overrides.at(0).key, "service.env.HARDEN");
  EXPECT_THAT(comparison.asked[2].overrides, IsEmpty());
  EXPECT_THAT(comparison.told.what, ElementsAre("off", "off ended failed", "off again",
                                                "off again ended failed", "on", "on ended held"));
  EXPECT_TRUE(compared.all_judged());
}

TEST(Compare, IsBetterWhereOnlyBHeldACheck) {
  const Compared compared = Comparison().of(kBad, kBad, kGood);
  ASSERT_THAT(compared.only_b_held, SizeIs(1));
  EXPECT_EQ(compared.only_b_held[0].what, "http_req_failed rate < 1%");
  EXPECT_EQ(compared.change(), Change::better);
  EXPECT_EQ(exit_status(compared), 0);
}

TEST(Compare, IsWorseWhereOnlyAHeldACheck) {
  const Compared compared = Comparison().of(kGood, kGood, kBad);
  ASSERT_THAT(compared.only_a_held, SizeIs(1));
  EXPECT_EQ(compared.change(), Change::worse);
  EXPECT_EQ(exit_status(compared), 1);
}

TEST(Compare, ClaimsNothingOfACheckThatAHeldOnceOnly) {
  const Compared compared = Comparison().of(kGood, kBad, kBad);
  EXPECT_THAT(compared.unsteady, SizeIs(1));
  EXPECT_THAT(compared.only_a_held, IsEmpty());
  EXPECT_EQ(compared.change(), Change::same);
  EXPECT_EQ(exit_status(compared), 0);
}

TEST(Compare, AsksOfEachSideWhatItMustShow) {
  ComparedSide a = off(), b = on();
  a.side.must = Side::Must::fail;
  a.side.fails = {"http_req_failed"};
  b.side.must = Side::Must::hold;
  EXPECT_THAT(Comparison().of(kBad, kBad, kGood, a, b).not_shown, IsEmpty());

  const Compared both_fail = Comparison().of(kBad, kBad, kBad, a, b);
  EXPECT_THAT(both_fail.not_shown, ElementsAre(HasSubstr("on must hold, and failed")));
  EXPECT_EQ(exit_status(both_fail), 1);

  const Compared once = Comparison().of(kBad, kGood, kGood, a, b);
  EXPECT_THAT(once.not_shown, ElementsAre("off must fail, and held"));
  EXPECT_EQ(exit_status(once), 1);

  a.side.fails = {"every accepted run ends"};
  EXPECT_THAT(Comparison().of(kBad, kBad, kGood, a, b).not_shown,
              ElementsAre("off must fail 'every accepted run ends', and no such check failed",
                          "off must fail 'every accepted run ends', and no such check failed"));
}

TEST(Compare, AcceptsWhatIsKnownToBeWorse) {
  // The figures differ, and no check does.
  RunOnPaper good = run_with(0), bad = run_with(0);
  for (int k = 0; k < 40; ++k) {
    for (RunOnPaper* run : {&good, &bad}) {
      run->write("arrival", k, {{"k", 1000 + k}, {"phase", "incident"}, {"late", 0}});
    }
    bad.write(
        "request", k,
        {{"k", 1000 + k}, {"route", "GET /x"}, {"attempt", 1}, {"phase", "incident"}, {"expected", false}});
  }
  const auto of = [](const RunOnPaper& run) {
    Ran ran = judged(run_with(0));
    ran.journal = run.journal;
    return ran;
  };
  ComparedSide b = on();
  const Compared worse = Comparison().of(of(good), of(good), of(bad), off(), b);
  EXPECT_EQ(worse.change(), Change::worse);
  b.side.may_be_worse = {"arrivals failed in incident"};
  const Compared accepted = Comparison().of(of(good), of(good), of(bad), off(), b);
  EXPECT_EQ(accepted.change(), Change::same);
  EXPECT_THAT(to_text(accepted, false),
              HasSubstr("arrivals failed in incident: worse, which the scenario accepts"));
}

TEST(Compare, SaysNothingOfARunThatIsInvalidOrWasNotHad) {
  Ran invalid = kGood;
  invalid.result.verdict = result::Verdict::invalid;
  EXPECT_EQ(exit_status(Comparison().of(kGood, invalid, kGood)), 4);
  Ran none{.end = Ran::End::environment, .result = {}, .journal = {}};
  none.problem = "port 1 is taken";
  Comparison comparison;
  const Compared compared = comparison.of(none, kGood, kGood);
  EXPECT_EQ(exit_status(compared), 3);
  EXPECT_THAT(comparison.asked, SizeIs(1)) << "what cannot be had once is not asked for again";
  EXPECT_THAT(to_text(compared, false), HasSubstr("port 1 is taken"));
}

TEST(Compare, IsToldInEightyColumns) {
  const std::string text = to_text(Comparison().of(kBad, kBad, kGood), true);
  EXPECT_THAT(text, HasSubstr("on is better than off"));
  EXPECT_THAT(text, HasSubstr("only b held: expectation in steady: http_req_failed rate < 1%"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 84U) << line;  // bytes: ± and … have more than one
  }
}

TEST(CompareJson, HasTheFiguresAndWhatTheyRestOn) {
  const auto json = to_json(Comparison().of(kBad, kBad, kGood));
  EXPECT_EQ(json.at("schema"), "faultline.compare/1");
  EXPECT_EQ(json.at("b_is"), "better");
  EXPECT_EQ(json.at("exit_status"), 0);
  EXPECT_EQ(json.at("a").at("overrides").at(0), "service.env.HARDEN=0");
  EXPECT_EQ(json.at("only_b_held").at(0).at("what"), "http_req_failed rate < 1%");
}

}  // namespace
}  // namespace faultline::search
