#include "search/audit_forgery.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "../judge/run_on_paper.h"
#include "search/audit.h"

namespace faultline::search {
namespace {

using namespace std::chrono_literals;
using judge::expression;
using judge::RunOnPaper;
using nlohmann::ordered_json;
using result::Check;
using result::Verdict;
using scenario::Step;

void edges_of_calls(RunOnPaper& run, const std::string& phase, int before, int after) {
  for (const auto& [edge, calls] : {std::pair{"begin", before}, {"end", after}}) {
    run.write("observation", 10,
              {{"of", "calls"}, {"phase", phase}, {"edge", edge}, {"calls", {{"postgres", calls}}}});
  }
}

// One run that was announced, and the webhook that tells of it.
void told_of(RunOnPaper& run) {
  run.write("observation", 40,
            {{"of", "run"},
             {"k", 9},
             {"phase", "steady"},
             {"job", "job-9"},
             {"execution", "e-9"},
             {"status", "completed"},
             {"announced", true}});
  run.write("observation", 40,
            {{"of", "webhook"},
             {"path", "/hooks"},
             {"delivery", "d-9"},
             {"event", "evt-9"},
             {"subject", "e-9"},
             {"number", 1},
             {"at", 3.0},
             {"treatment", "answered"},
             {"status", 200},
             {"answered", 3.01},
             {"signature", "valid"},
             {"body", "00000000000000ff"}});
  run.write("observation", 40, {{"of", "webhook_receiver"}, {"not_noted", 0}});
}

// A run in which all that can be expected was, and held.
RunOnPaper that_held() {
  RunOnPaper run;
  run.add_fault("redis-refuses").during = {"incident"};
  run.scenario.dependencies = {{"postgres", 0, {}}};
  run.play_phases(20);
  run.fault("redis-refuses", true, "phase", 10);
  run.fault("redis-refuses", false, "mitigation", 15);
  run.acted("redis-refuses");
  for (const double begin : {0, 10, 20}) {
    run.requests(100, begin);
  }
  for (ordered_json& record : run.journal) {
    if (record["kind"] == "request" && record["phase"] == "incident") {
      record["expected"] = record["due"].get<double>() >= 11;  // a tenth fails
    }
    if (record["kind"] == "request") {
      record["checks"] = {{"passed", 1}, {"failed", 0}};
    }
  }
  edges_of_calls(run, "steady", 7, 107);
  run.scenario.expectations = {
      {{0, 2},
       {expression("http_req_failed rate < 1%"), expression("http_req_duration p(90) < 200ms"),
        expression("http_reqs count > 10"), expression("http_reqs rate < 20"),
        expression("checks rate > 95%")}},
      {{0}, {expression("postgres calls_per_arrival < 8"), expression("postgres calls_per_arrival > 2")}},
      {{1}, {expression("http_req_failed rate > 5%"), expression("http_req_duration max > 1ms")}}};
  run.scenario.recoveries = {{.within = 3s, .when = {expression("http_req_failed rate < 1%")}}};
  using Of = slo::Indicator::Of;
  run.scenario.budgets = {{"availability", Ratio{0.9}, Ratio{1}},
                          {"latency", Ratio{0.9}, Ratio{1}, {.of = Of::requests, .within = 1s}},
                          {"error-rate", Ratio{0.9}, Ratio{1}, {.of = Of::requests, .status_below = 500}},
                          {"reconciliations", Ratio{0.9}, Ratio{1}, {.of = Of::runs}},
                          {"deliveries", Ratio{0.5}, Ratio{1}, {.of = Of::webhooks}}};
  run.scenario.invariants = {scenario::Invariant::every_accepted_run_ends,
                             scenario::Invariant::accepted_runs_complete,
                             scenario::Invariant::reports_match_the_ledger,
                             scenario::Invariant::no_tenant_sees_another,
                             scenario::Invariant::repeats_answered_alike,
                             scenario::Invariant::no_webhook_lost,
                             scenario::Invariant::webhook_repeats_carry_the_same_id,
                             scenario::Invariant::no_webhook_before_its_backoff,
                             scenario::Invariant::webhook_signatures_verify};
  run.scenario.webhooks = scenario::WebhookReceiver{
      .signature = webhooks::Scheme::settler, .about = "/data/executionId", .contract = {.pauses = {1s}}};
  told_of(run);
  run.scenario.monitoring.emplace().suite.alerts = {{"High", "a > 1"}, {"Low", "a < 1"}};
  run.scenario.alerts = {{.name = "High", .fires_within = 3s, .clears_within = 5s, .to = "pager"},
                         {.name = "Low", .never = true}};
  for (const auto& [at, state] : {std::pair{12.0, "firing"}, {17.0, "inactive"}}) {
    run.write("observation", 40, {{"of", "alert"}, {"alert", "High"}, {"state", state}, {"at", at}});
  }
  run.write(
      "observation", 40,
      {{"of", "notification"}, {"receiver", "pager"}, {"alert", "High"}, {"state", "firing"}, {"at", 12.1}});
  run.write("observation", 40, {{"of", "prometheus"}, {"until", 30.0}, {"scrapes", 120}});
  run.write("observation", 40,
            {{"of", "stranger"}, {"k", 1}, {"target", "/x"}, {"tenant", "b"}, {"status", 404}});
  run.request(29.9);
  run.journal.back()["alike"] = true;
  run.journal.back()["checks"] = {{"passed", 1}, {"failed", 0}};
  int k = 1;
  for (const char* phase : {"steady", "incident", "recovery"}) {
    run.accepted_run(k, phase, "completed");
    run.report(k++, {{"text", "x"}, {"own", 3}, {"matched", 17}});
  }
  run.write("observation", 40, {{"of", "ledger"}, {"summary", {{"text", "x"}, {"matched", 17}}}});
  run.scenario.counts = {
      {.name = "exists once", .acked = scenario::Range{1, 1}, .failed = scenario::Range{0, 0}},
      {.name = "at least twice", .acked = scenario::Range{2, {}}}};
  for (const auto& [count, outcome, value] :
       {std::tuple{0, "acked", 1}, {0, "failed", 0}, {1, "acked", 5}, {1, "unknown", 0}}) {
    run.write("observation", 40,
              {{"of", "count"}, {"count", count}, {"k", 1}, {"outcome", outcome}, {"value", value}});
  }
  const std::size_t symptom = run.add_probe(Step::Kind::symptom, 1);
  run.probe(symptom, true, false, "PONG");
  run.probe(symptom, false, true, "refused");
  run.probe(run.add_probe(Step::Kind::recovery, 2), false, true, "PONG");
  run.step_end(run.add_action(Step::Kind::mitigation, 1), true, "restarted", 15);
  return run;
}

std::string name_of(const Check& check) {
  return check.kind + " in " + check.where + ": " + check.what;
}

// What the checks of a run are failed by: the first forgery for each; of those that nothing fails an empty text.
std::map<std::string, std::string> failures(const RunOnPaper& run) {
  const result::Result baseline = run.judged();
  std::map<std::string, std::string> failed;
  for (const Check& check : baseline.checks) {
    EXPECT_EQ(check.verdict, Verdict::held) << name_of(check) << ": " << check.actual << ", " << check.detail;
    failed[name_of(check)] = "";
  }
  for (const Forgery& forgery : forgeries(run.scenario)) {
    JournalRecords journal = run.journal;
    forgery.alter(journal);
    for (const Check& check : judge::judge(run.scenario, journal).checks) {
      if (forgery.aimed_at(check) && check.verdict != Verdict::held && failed[name_of(check)].empty()) {
        failed[name_of(check)] = forgery.what;
      }
    }
  }
  return failed;
}

TEST(Forgery, FailsEveryCheckThatLooksAtWhatItIsAbout) {
  const auto failed = failures(that_held());
  EXPECT_GT(failed.size(), 25U);
  for (const auto& [check, forgery] : failed) {
    EXPECT_NE(forgery, "") << check;
  }
  EXPECT_EQ(failed.at("expectation in steady: postgres calls_per_arrival > 2"),
            "no dependency is asked in phase 'steady'");
  EXPECT_EQ(failed.at("expectation in incident: http_req_failed rate > 5%"),
            "no request of phase 'incident' is an error");
  EXPECT_EQ(failed.at("validity in run: fault 'redis-refuses' acted"), "fault 'redis-refuses' does not act");
  EXPECT_EQ(failed.at("mitigation in incident: restart it"), "step 'restart it' fails");
  EXPECT_EQ(failed.at("invariant in run: at least twice"), "'at least twice' is wrong for one arrival");
}

TEST(Forgery, FailsNothingThatCannotFail) {
  RunOnPaper run = that_held();
  run.scenario.expectations = {{{0}, {expression("http_req_failed rate <= 100%")}},
                               {{0}, {expression("http_req_duration p(90) < 2h")}},
                               {{0}, {expression("http_reqs rate < 100000")}}};
  run.scenario.complete_at_least = Ratio{0};
  run.scenario.budgets[0].spend_at_most =
      Ratio{10};  // of ten errors one is allowed: it cannot be spent more often
  run.scenario.counts = {{.name = "any number", .acked = scenario::Range{0, {}}}};
  run.scenario.validity.late_at_most = Ratio{1};
  const auto failed = failures(run);
  std::vector<std::string> cannot;
  for (const auto& [check, forgery] : failed) {
    if (forgery.empty()) {
      cannot.push_back(check);
    }
  }
  EXPECT_THAT(cannot, testing::UnorderedElementsAre("expectation in steady: http_req_failed rate <= 100%",
                                                    "expectation in steady: http_req_duration p(90) < 2h",
                                                    "expectation in steady: http_reqs rate < 100000",
                                                    "invariant in steady: accepted runs complete",
                                                    "invariant in incident: accepted runs complete",
                                                    "invariant in recovery: accepted runs complete",
                                                    "budget in run: availability 90%: budget spent",
                                                    "invariant in run: any number",
                                                    "validity in run: arrivals were at most 100ms late"));
}

// Whatever a row changes stays a journal that can be judged, and one that is of this run.
TEST(Forgery, ChangesOneThingAndNotTheVerdictOfTheRest) {
  const RunOnPaper run = that_held();
  const Check of_recovery{.kind = "expectation", .what = "http_req_failed rate < 1%", .where = "recovery"};
  for (const Forgery& forgery : forgeries(run.scenario)) {
    JournalRecords journal = run.journal;
    forgery.alter(journal);
    if (forgery.what == "every request of phase 'steady' is an error") {
      const auto checks = judge::judge(run.scenario, journal).checks;
      const auto same = std::find_if(checks.begin(), checks.end(),
                                     [&](const Check& each) { return is_same(each, of_recovery); });
      ASSERT_NE(same, checks.end());
      EXPECT_EQ(same->verdict, Verdict::held) << "another phase has its own requests";
      return;
    }
  }
  FAIL() << "there is no such forgery";
}

}  // namespace
}  // namespace faultline::search
