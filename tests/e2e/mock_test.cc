// The mocks alone, asked by curl.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "command.h"

namespace faultline::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Starts a mock on any port, asks it for this as $at, and ends it as Ctrl-C does.
Said asked(const std::string& mock, const std::string& curl) {
  const Scratch scratch;
  const std::string out = (scratch / "out").string();
  return shell("./faultline mock " + mock + " --listen 127.0.0.1:0 >" + out +
               " & pid=$!; until at=$(grep -o -m1 'http://[^ ]*' " + out +
               "); do sleep 0.02; done; curl -s " + curl + "; kill -INT $pid; wait $pid; status=$?; cat " +
               out + "; exit $status");
}

TEST(MockCommand, ServesStripeUntilItIsInterrupted) {
  const Said said = asked("stripe --data 3", "-u sk_test_load_test: \"$at/v1/charges?limit=2\"");
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("\"has_more\":true"), HasSubstr("Stripe: 3 charges, key sk_test_load_test"),
                    HasSubstr("        1  GET /v1/charges\n")));
}

TEST(MockCommand, ServesShopify) {
  const Said said = asked("shopify --data 3 --seed 7",
                          "-H 'X-Shopify-Access-Token: test_shopify_key' "
                          "\"$at/admin/api/2025-07/orders/count.json?status=any\"");
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("Shopify: 3 orders of test-shop.myshopify.com"));
}

TEST(MockCommand, ReceivesWebhooksAndJudgesThem) {
  const Scratch scratch;
  const std::string script =
      scratch.write("answers.toml", "answers = [{ status = 503, times = 1 }, { status = 204 }]");
  const std::string post =
      "-o /dev/null -w '%{http_code} ' -H 'X-Settler-Delivery: d1' -d '{}' \"$at/hooks/a\"";
  const Said said =
      asked("webhooks --script " + script + " --scheme settler --secret s", post + "; curl -s " + post);
  EXPECT_EQ(said.status, 1) << said.err << "for what was wrong";
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("503 204 "), HasSubstr("/hooks/a  d1  attempt 1: 503, signature missing"),
                    HasSubstr("2 attempts of 1 deliveries: 1 delivered"), HasSubstr("bad signature")));
}

TEST(MockCommand, IsContentWithWebhooksThatAreAsTheyShouldBe) {
  const Said said =
      asked("webhooks --expect d1@/hooks/a", "-H 'X-Settler-Delivery: d1' -d '{}' \"$at/hooks/a\"");
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("1 attempts of 1 deliveries: 1 delivered"));
}

TEST(MockCommand, ReceivesWebhooksAndHoldsTheirSenderToItsPauses) {
  const Scratch scratch;
  const std::string script = scratch.write("answers.toml", "answers = [{ status = 500 }]");
  const std::string json = (scratch / "log.json").string();
  const std::string post = "-o /dev/null -H 'X-Settler-Delivery: d1' -d '{}' \"$at/hooks/a\"";
  const Said said =
      asked("webhooks --script " + script + " --pauses 1h,2h --jitter 10% --expect d2 --json " + json,
            post + "; curl -s " + post);
  EXPECT_EQ(said.status, 1) << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("too early"), HasSubstr("54.0 min are promised"), HasSubstr("d2: never came")));
  const auto log = nlohmann::json::parse(text_of(json));
  EXPECT_EQ(log["attempts"].size(), 2U);
  EXPECT_EQ(log["attempts"][1]["status"], 500);
  EXPECT_GT(log["attempts"][1]["received_ns"], log["attempts"][0]["received_ns"]);
  EXPECT_EQ(log["totals"]["deliveries"], 2);
}

TEST(MockCommand, SaysWhatIsWrongWithItsOptions) {
  EXPECT_EQ(run({"mock", "webhooks", "--pauses", "soon"}).status, 2);
  EXPECT_EQ(run({"mock", "webhooks", "--jitter", "much"}).status, 2);
  EXPECT_EQ(run({"mock", "webhooks", "--timeout", "never"}).status, 2);
  EXPECT_EQ(run({"mock", "stripe", "--listen", "nowhere"}).status, 2);
  const auto told = [](std::vector<std::string> options) {
    options.insert(options.begin(), "mock");
    const Said said = run(options);
    EXPECT_EQ(said.status, 2);
    return said.err;
  };
  EXPECT_THAT(told({"stripe", "--data", "-1"}), HasSubstr("not in range 0 to 1000000"));
  EXPECT_THAT(told({"stripe", "--data", "99999999999"}), HasSubstr("not in range 0 to 1000000"));
  EXPECT_THAT(told({"stripe", "--seed=-5"}),
              HasSubstr("'-5' is no whole number from 0 to 18446744073709551615"));
  EXPECT_THAT(told({"stripe", "--seed", "18446744073709551616"}), HasSubstr("is no whole number"));
  EXPECT_THAT(told({"stripe", "--rate-limit=-1"}), HasSubstr("'-1' is no number from 0 on"));
  EXPECT_THAT(told({"stripe", "--listen", "127.0.0.1:65530"}),
              HasSubstr("there is no port 10 above 65530: give --control-port"));
  EXPECT_THAT(told({"shopify", "--shop", "Test-Shop.myshopify.com=zzz"}),
              HasSubstr("there is a shop Test-Shop.myshopify.com already"));
  EXPECT_THAT(told({"webhooks", "--scheme", "stripe"}), HasSubstr("--scheme requires --secret"));
  EXPECT_THAT(told({"webhooks", "--secret", "s"}), HasSubstr("--secret requires --scheme"));
  EXPECT_THAT(told({"webhooks", "--expect", "a@"}), HasSubstr("--expect 'a@' is no ID or ID@PATH"));
  EXPECT_EQ(run({"mock", "stripe", "--control-port", "70000"}).status, 2);
  EXPECT_EQ(run({"mock", "paypal"}).status, 2);
  const Scratch scratch;
  const Said script =
      run({"mock", "webhooks", "--script", scratch.write("a.toml", "answers = [{ status = 9 }]")});
  EXPECT_EQ(script.status, 2);
  EXPECT_THAT(script.err, HasSubstr("a.toml:1:"));
}

}  // namespace
}  // namespace faultline::e2e
