#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "judge/evidence.h"
#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using namespace std::chrono_literals;
using nlohmann::ordered_json;
using result::Verdict;
using scenario::Invariant;
using testing::HasSubstr;

// A run whose webhooks are written by hand.
class Told : public RunOnPaper {
 public:
  explicit Told(Invariant invariant, webhook_receiver::Contract contract = {}) {
    scenario.invariants = {invariant};
    scenario.webhooks = scenario::WebhookReceiver{.signature = webhooks::Scheme::settler,
                                                  .about = "/data/executionId",
                                                  .contract = std::move(contract)};
  }

  void accepted(int k, const std::string& status = "completed", bool announced = true) {
    write("observation", 40,
          {{"of", "run"},
           {"k", k},
           {"phase", "steady"},
           {"job", "job-" + std::to_string(k)},
           {"execution", "e-" + std::to_string(k)},
           {"status", status},
           {"announced", announced}});
  }

  // Of delivery d-K about run K, answered after 10 ms.
  ordered_json& webhook(int k, double at, int number = 1, int status = 200) {
    return write("observation", 40,
                 {{"of", "webhook"},
                  {"path", "/hooks"},
                  {"delivery", "d-" + std::to_string(k)},
                  {"event", "evt-" + std::to_string(k)},
                  {"subject", "e-" + std::to_string(k)},
                  {"number", number},
                  {"at", at},
                  {"treatment", "answered"},
                  {"status", status},
                  {"answered", at + 0.01},
                  {"signature", "valid"},
                  {"body", "00000000000000ff"}});
  }

  void log_ends(int not_noted = 0) {
    write("observation", 40, {{"of", "webhook_receiver"}, {"not_noted", not_noted}});
  }

  result::Check only() const { return check("invariant"); }
};

TEST(NoWebhookLost, HoldsWhenEachAnnouncedRunThatEndedWasToldOf) {
  Told run(Invariant::no_webhook_lost, {.timeout = 3s});
  run.accepted(1);
  run.accepted(2, "failed");
  run.accepted(3, "running");
  run.accepted(4, "completed", false);
  run.webhook(1, 1);
  run.webhook(2, 2, 1, 500);
  run.webhook(2, 3, 2, 204);
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::held);
  EXPECT_EQ(run.only().what, "no webhook lost");
  EXPECT_EQ(run.only().actual, "2 of 2 runs told of");
}

TEST(NoWebhookLost, NamesTheFirstThatWasNotToldOf) {
  Told run(Invariant::no_webhook_lost);
  run.accepted(1);
  run.accepted(2);
  run.accepted(3);
  run.webhook(1, 1);
  run.webhook(2, 1, 1, 500);
  run.webhook(3, 1)["treatment"] = "hung";
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::failed);
  EXPECT_EQ(run.only().actual, "1 of 3 runs told of");
  EXPECT_EQ(run.only().margin, "2 short");
  EXPECT_EQ(run.only().detail, "the first that was not is arrival 2, job job-2, execution e-2: completed");
}

TEST(NoWebhookLost, TakesA2xxAfterTheSendersTimeoutForNone) {
  Told run(Invariant::no_webhook_lost, {.timeout = 3s});
  run.accepted(1);
  run.webhook(1, 1)["answered"] = 4.001;
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::failed);
  run.scenario.webhooks->contract.timeout = std::nullopt;
  EXPECT_EQ(run.only().verdict, Verdict::held);
}

TEST(NoWebhookLost, FailsWhenNothingWasAnnounced) {
  Told run(Invariant::no_webhook_lost);
  run.accepted(1, "completed", false);
  run.accepted(2, "running", true);
  run.webhook(1, 1);
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::failed);
  EXPECT_EQ(run.only().actual, "no run was announced");
}

TEST(WebhookRepeats, CarryTheSameId) {
  Told run(Invariant::webhook_repeats_carry_the_same_id);
  run.webhook(1, 1, 1, 500);
  run.webhook(1, 1.1, 2);
  run.webhook(2, 2);
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::held);
  EXPECT_EQ(run.only().actual, "3 webhooks, 1 of them again");
}

TEST(WebhookRepeats, AreNotToChange) {
  const auto check_of = [](const std::function<void(ordered_json&)>& change) {
    Told run(Invariant::webhook_repeats_carry_the_same_id);
    run.webhook(1, 1, 1, 500);
    change(run.webhook(1, 2, 2));
    run.log_ends();
    return run.only();
  };
  const auto body = check_of([](ordered_json& again) { again["body"] = "0000000000000100"; });
  EXPECT_EQ(body.verdict, Verdict::failed);
  EXPECT_EQ(body.margin, "1 too many");
  EXPECT_EQ(body.detail,
            "the first is at /hooks, delivery d-1, body changed: attempt 2 has another body than attempt 1");
  const auto id = check_of([](ordered_json& again) {
    again["delivery"] = "d-2";
    again["number"] = 1;
  });
  EXPECT_EQ(id.verdict, Verdict::failed);
  EXPECT_THAT(id.detail, HasSubstr("event evt-1 had come as delivery d-1 before"));
  const auto none = check_of([](ordered_json& again) { again["delivery"] = ""; });
  EXPECT_EQ(none.verdict, Verdict::failed);
  EXPECT_EQ(none.detail, "the first is at /hooks, without id: 1 attempts have no delivery id");
}

TEST(WebhookRepeats, AreNotJudgedByWhatIsOfAnotherInvariant) {
  Told run(Invariant::webhook_repeats_carry_the_same_id, {.pauses = {10s}});
  run.webhook(1, 1, 1, 500)["signature"] = "missing";
  run.webhook(1, 2, 2, 500);
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::held) << "early, lost and unsigned";
}

TEST(NoWebhookBeforeItsBackoff, HoldsForTheAttemptsThatTheSenderMakesOnItsOwn) {
  Told run(Invariant::no_webhook_before_its_backoff, {.pauses = {1s, 4s}, .jitter = {0.5}, .attempts = 3});
  run.webhook(1, 1, 1, 500);
  run.webhook(1, 1.5, 2, 500);
  run.webhook(1, 3.5, 3, 500);
  run.webhook(1, 3.6, 4);  // by hand
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::held);
  run.scenario.webhooks->contract.attempts = 4;
  const auto check = run.only();
  EXPECT_EQ(check.verdict, Verdict::failed);
  EXPECT_EQ(check.what, "no webhook is repeated before its backoff");
  EXPECT_EQ(
      check.detail,
      "the first is at /hooks, delivery d-1, too early: attempt 4 came 100 ms after attempt 3; 2.00 s are "
      "promised");
}

TEST(WebhookSignatures, Verify) {
  Told run(Invariant::webhook_signatures_verify);
  run.webhook(1, 1);
  run.webhook(2, 2);
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::held);
  EXPECT_EQ(run.only().actual, "2 of 2 verify");
}

TEST(WebhookSignatures, FailWhereOneDoesNotVerify) {
  for (const char* verdict : {"missing", "malformed", "mismatch", "stale"}) {
    Told run(Invariant::webhook_signatures_verify);
    run.webhook(1, 1);
    run.webhook(2, 2)["signature"] = verdict;
    run.log_ends();
    EXPECT_EQ(run.only().verdict, Verdict::failed);
    EXPECT_EQ(run.only().actual, "1 of 2 verify");
    EXPECT_THAT(run.only().detail,
                HasSubstr(std::string("delivery d-2, bad signature: attempt 1: signature ") + verdict));
  }
}

TEST(WebhookSignatures, FailWhereNoneCouldBeVerified) {
  Told run(Invariant::webhook_signatures_verify);
  run.webhook(1, 1).erase("signature");
  run.log_ends();
  EXPECT_EQ(run.only().verdict, Verdict::failed);
  EXPECT_EQ(run.only().actual, "0 of 1 verify");
}

constexpr Invariant kAll[] = {Invariant::no_webhook_lost, Invariant::webhook_repeats_carry_the_same_id,
                              Invariant::no_webhook_before_its_backoff, Invariant::webhook_signatures_verify};

TEST(Webhooks, HoldNothingWhenNoneCame) {
  for (const Invariant invariant : kAll) {
    Told run(invariant, {.pauses = {1s}});
    run.accepted(1);
    run.log_ends();
    EXPECT_EQ(run.only().verdict, Verdict::failed) << to_text(invariant);
  }
}

TEST(Webhooks, AreNotJudgedByALogThatIsNotWhole) {
  for (const Invariant invariant : kAll) {
    Told run(invariant, {.pauses = {1s}});
    run.accepted(1);
    run.webhook(1, 1);
    EXPECT_EQ(run.only().verdict, Verdict::invalid) << to_text(invariant);
    EXPECT_EQ(run.only().actual, "no log of webhooks");
    run.log_ends(3);
    EXPECT_EQ(run.only().verdict, Verdict::invalid) << to_text(invariant);
    EXPECT_EQ(run.only().actual, "3 webhooks were not noted");
  }
}

TEST(Webhooks, AreReadAsTheReceiverNotedThem) {
  Told run(Invariant::no_webhook_lost);
  ordered_json& record = run.webhook(1, 1.5, 2);
  record["treatment"] = "reset";
  record["body"] = "fedcba9876543210";
  const auto attempts = read_evidence(run.journal).webhooks.attempts;
  ASSERT_EQ(attempts.size(), 1U);
  EXPECT_EQ(attempts[0].path, "/hooks");
  EXPECT_EQ(attempts[0].delivery_id, "d-1");
  EXPECT_EQ(attempts[0].event_id, "evt-1");
  EXPECT_EQ(attempts[0].subject, "e-1");
  EXPECT_EQ(attempts[0].number, 2);
  EXPECT_EQ(attempts[0].received, Instant{} + 1500ms);
  EXPECT_EQ(attempts[0].treatment, webhook_receiver::Treatment::reset);
  EXPECT_EQ(attempts[0].answered, Instant{} + 1510ms);
  EXPECT_EQ(attempts[0].body_hash, 0xfedcba9876543210U);
}

TEST(Webhooks, MustBeWholeRecords) {
  const auto complaint = [](const char* field, const ordered_json& value) -> std::string {
    Told run(Invariant::no_webhook_lost);
    ordered_json& record = run.webhook(1, 1);
    if (value.is_null()) {
      record.erase(field);
    } else {
      record[field] = value;
    }
    try {
      read_evidence(run.journal);
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(complaint("subject", nullptr), HasSubstr("has no 'subject'"));
  EXPECT_THAT(complaint("answered", nullptr), HasSubstr("has no 'answered'"));
  EXPECT_THAT(complaint("treatment", "eaten"), HasSubstr("has a wrong 'treatment'"));
  EXPECT_THAT(complaint("signature", "good"), HasSubstr("has a wrong 'signature'"));
  EXPECT_THAT(complaint("body", "0x1"), HasSubstr("has a wrong 'body'"));
  EXPECT_THAT(complaint("number", 0), HasSubstr("has a wrong 'number'"));
}

}  // namespace
}  // namespace faultline::judge
