// [dependency.webhook_receiver] and the invariants that are about it.

#include <gmock/gmock.h>

#include "scenario/scenario.h"

namespace faultline::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char* const kScenario = FAULTLINE_SOURCE_DIR "/tests/harness/scenario/incident.toml";

constexpr const char* kReceiver =
    "{ port = 12345, background = ['POST /hooks/ping'], signature = 'settler', about = '/data/executionId', "
    "answers = [{ status = 500, times = 1 }], contract = { timeout = '3s', backoff = ['1s', '2s', '4s'], "
    "jitter = '50%', attempts = 5, retry_after = '9s', settle = '20s' } }";

// redis-down with this receiver, and these invariants (TOML each).
Scenario read_with(const std::string& receiver, const std::string& invariants, std::string& mistakes) {
  std::vector<Override> changes = {{"expect.4.invariants", invariants}};
  if (!receiver.empty()) {
    changes.push_back({"dependency.webhook_receiver", receiver});
  }
  Diagnostics problems;
  Scenario scenario = read(kScenario, changes, problems);
  for (const Diagnostic& problem : problems) {
    mistakes += to_text(problem) + "\n";
  }
  return scenario;
}

std::string mistakes_of(const std::string& receiver, const std::string& invariants = "[]") {
  std::string mistakes;
  read_with(receiver, invariants, mistakes);
  return mistakes;
}

TEST(WebhookReceiver, IsReadIntoPlainData) {
  std::string mistakes;
  const Scenario scenario = read_with(kReceiver, R"(["no webhook lost", "webhook repeats carry the same id",
                               "no webhook is repeated before its backoff", "webhook signatures verify"])",
                                      mistakes);
  ASSERT_THAT(mistakes, IsEmpty());
  ASSERT_TRUE(scenario.has("webhook_receiver"));
  const Dependency& dependency = scenario.dependencies.back();
  EXPECT_EQ(dependency.name, "webhook_receiver");
  EXPECT_EQ(dependency.proxy_port, 12345);
  EXPECT_EQ(dependency.background.size(), 1U);
  EXPECT_EQ(protocol_of(dependency.name), "http");
  ASSERT_TRUE(scenario.webhooks);
  EXPECT_EQ(scenario.webhooks->signature, webhooks::Scheme::settler);
  EXPECT_EQ(scenario.webhooks->about, "/data/executionId");
  EXPECT_EQ(scenario.webhooks->answers.size(), 1U);
  const webhook_receiver::Contract& contract = scenario.webhooks->contract;
  EXPECT_EQ(contract.timeout, 3s);
  EXPECT_EQ(contract.retry_after, 9s);
  EXPECT_THAT(contract.pauses, ElementsAre(1s, 2s, 4s));
  EXPECT_EQ(contract.jitter, Ratio{0.5});
  EXPECT_EQ(contract.attempts, 5);
  EXPECT_EQ(scenario.webhooks->settle, 20s);
  EXPECT_THAT(scenario.invariants,
              ElementsAre(Invariant::no_webhook_lost, Invariant::webhook_repeats_carry_the_same_id,
                          Invariant::no_webhook_before_its_backoff, Invariant::webhook_signatures_verify));
}

TEST(WebhookReceiver, NeedsNothingToBeSaidOfIt) {
  std::string mistakes;
  const Scenario scenario = read_with("{}", R"(["webhook repeats carry the same id"])", mistakes);
  ASSERT_THAT(mistakes, IsEmpty());
  ASSERT_TRUE(scenario.webhooks);
  EXPECT_EQ(scenario.webhooks->signature, std::nullopt);
  EXPECT_EQ(scenario.webhooks->contract.timeout, std::nullopt);
  EXPECT_THAT(scenario.webhooks->contract.pauses, IsEmpty());
  EXPECT_EQ(scenario.webhooks->settle, 10s);
  EXPECT_FALSE(read_with("", "[]", mistakes).webhooks);
}

TEST(WebhookReceiver, MayHaveAFaultInFrontOfIt) {
  Diagnostics problems;
  const Scenario scenario = read(kScenario,
                                 {{"dependency.webhook_receiver", "{}"},
                                  {"fault.redis-refuses.on", "webhook_receiver"},
                                  {"fault.redis-refuses.inject", "{ status = { code = 410 } }"}},
                                 problems);
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(scenario.faults.at(0).on, "webhook_receiver");
}

TEST(WebhookReceiver, GivesTheServiceItsVariablesUnderAnotherNameToo) {
  Diagnostics problems;
  read(kScenario, {{"service.env_names", R"({ WEBHOOK_URL = "HOOK", WEBHOOK_SECRET = "HOOK_KEY" })"}},
       problems);
  EXPECT_THAT(problems, IsEmpty());
}

TEST(WebhookReceiver, NamesEachMistake) {
  EXPECT_THAT(mistakes_of("{ port = 70000 }"), HasSubstr("70000 is not a port"));
  EXPECT_THAT(mistakes_of("{ signature = 'setler' }"), HasSubstr("did you mean 'settler'?"));
  EXPECT_THAT(mistakes_of("{ about = 'data/executionId' }"),
              HasSubstr("'data/executionId' is not a JSON pointer"));
  EXPECT_THAT(mistakes_of("{ abuot = '/data' }"), HasSubstr("did you mean 'about'?"));
  EXPECT_THAT(mistakes_of("{ answers = [{ status = 99 }] }"), HasSubstr("99 is no status to answer with"));
  EXPECT_THAT(mistakes_of("{ contract = { backof = ['1s'] } }"), HasSubstr("did you mean 'backoff'?"));
  EXPECT_THAT(mistakes_of("{ contract = { backoff = '1s' } }"),
              HasSubstr("'backoff' is the pauses before the 2nd, 3rd, … attempt"));
  EXPECT_THAT(mistakes_of("{ contract = { backoff = [] } }"), HasSubstr("write it like"));
  EXPECT_THAT(mistakes_of("{ contract = { backoff = [1] } }"), HasSubstr("a pause is a duration"));
  EXPECT_THAT(mistakes_of("{ contract = { backoff = ['1 s'] } }"), HasSubstr("a pause is a duration"));
  EXPECT_THAT(mistakes_of("{ contract = { backoff = ['2s', '1s'] } }"),
              HasSubstr("the pause of 1s is shorter than the one before it, 2s"));
  EXPECT_THAT(mistakes_of("{ contract = { backoff = ['1s'], jitter = '101%' } }"),
              HasSubstr("101% is more than the whole pause"));
  EXPECT_THAT(mistakes_of("{ contract = { backoff = ['1s'], attempts = 0 } }"),
              HasSubstr("0 is no number of attempts, at least 1"));
  EXPECT_THAT(mistakes_of("{ contract = { jitter = '1%', attempts = 3 } }"),
              AllOf(HasSubstr("'jitter' is of a backoff, and there is none"),
                    HasSubstr("'attempts' is of a backoff, and there is none")));
}

TEST(WebhookReceiver, IsNeededByItsInvariants) {
  for (const char* name : {"no webhook lost", "webhook repeats carry the same id",
                           "no webhook is repeated before its backoff", "webhook signatures verify"}) {
    const std::string list = "['" + std::string(name) + "']";
    EXPECT_THAT(mistakes_of("", list),
                HasSubstr("'" + std::string(name) + "' needs [dependency.webhook_receiver]"));
  }
  EXPECT_THAT(mistakes_of("{}", "['no webhook lost']"),
              HasSubstr("'no webhook lost' needs 'about' in [dependency.webhook_receiver]"));
  EXPECT_THAT(mistakes_of("{}", "['no webhook is repeated before its backoff']"),
              HasSubstr("needs 'backoff' in [dependency.webhook_receiver.contract]"));
  EXPECT_THAT(mistakes_of("{}", "['webhook signatures verify']"),
              HasSubstr("needs 'signature' in [dependency.webhook_receiver]"));
}

}  // namespace
}  // namespace faultline::scenario
