#include <gtest/gtest.h>

#include "run/environment.h"

namespace faultline::run {
namespace {

TEST(Addresses, KnowAVariableByOurNameAndByTheServices) {
  const Addresses addresses{.service = "",
                            .proxied = {},
                            .variables = {{"HOOK", "http://h"}, {"PORT", "80"}, {"OWN", "x"}},
                            .known_as = {{"WEBHOOK_URL", "HOOK"}, {"PORT", "PORT"}}};
  const auto value = [&](const char* name) {
    const std::string* found = addresses.variable(name);
    return found ? *found : "none";
  };
  EXPECT_EQ(value("WEBHOOK_URL"), "http://h");
  EXPECT_EQ(value("HOOK"), "http://h");
  EXPECT_EQ(value("PORT"), "80");
  EXPECT_EQ(value("OWN"), "x") << "of [service] env";
  EXPECT_EQ(value("HOME"), "none");
}

TEST(WebhookSecret, FollowsFromTheSeed) {
  const std::string secret = webhook_secret(1);
  EXPECT_EQ(secret.size(), 6U + 32U);
  EXPECT_TRUE(secret.starts_with("whsec_"));
  EXPECT_EQ(webhook_secret(1), secret);
  EXPECT_NE(webhook_secret(2), secret);
}

}  // namespace
}  // namespace faultline::run
