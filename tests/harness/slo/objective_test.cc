#include "slo/objective.h"

#include <gmock/gmock.h>

namespace faultline::slo {
namespace {

using namespace std::chrono_literals;
using Of = Indicator::Of;

TEST(Indicator, IsAWord) {
  EXPECT_EQ(parse_indicator("requests"), Indicator{});
  EXPECT_EQ(parse_indicator("requests-within-200ms"), (Indicator{.of = Of::requests, .within = 200ms}));
  EXPECT_EQ(parse_indicator("requests-status-below-500"),
            (Indicator{.of = Of::requests, .status_below = 500}));
  EXPECT_EQ(parse_indicator("webhooks-within-5s"), (Indicator{.of = Of::webhooks, .within = 5s}));
  for (const std::string& word : example_words()) {
    const auto indicator = parse_indicator(word);
    ASSERT_TRUE(indicator) << word;
    EXPECT_EQ(to_word(*indicator), word);
  }
}

TEST(Indicator, IsNoOtherWord) {
  for (const char* word :
       {"", "request", "requests-", "requests-within-", "requests-within-200", "requests-within-200ms-",
        "requests-status-below-5xx", "requests-status-below-99", "requests-status-below-601",
        "runs-within-5s", "runs-status-below-500", "webhooks-status-below-500", "requestswithin-5s"}) {
    EXPECT_EQ(parse_indicator(word), std::nullopt) << word;
  }
}

}  // namespace
}  // namespace faultline::slo
