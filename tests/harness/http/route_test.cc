#include "http/route.h"

#include <gtest/gtest.h>

namespace faultline::http {
namespace {

using Captured = std::optional<std::vector<std::string>>;

TEST(MatchPath, TakesWhatTheNamedSegmentsStandFor) {
  EXPECT_EQ(match_path("/v1/charges", "/v1/charges"), Captured(std::in_place));
  EXPECT_EQ(match_path("/v1/charges/:id", "/v1/charges/ch_1"), (Captured{{"ch_1"}}));
  EXPECT_EQ(match_path("/a/:one/b/:two", "/a/x/b/y%20z"), (Captured{{"x", "y z"}}));
  EXPECT_EQ(match_path("/orders/:id.json", "/orders/12.json"), (Captured{{"12"}}));
}

TEST(MatchPath, FitsNothingElse) {
  for (const char* path : {"/v1/charges", "/v1/charges/", "/v1/charges/a/b", "/v2/charges/a", ""}) {
    EXPECT_EQ(match_path("/v1/charges/:id", path), std::nullopt) << path;
  }
  EXPECT_EQ(match_path("/orders/:id.json", "/orders/12"), std::nullopt);
  EXPECT_EQ(match_path("/orders/:id.json", "/orders/.json"), std::nullopt);
  EXPECT_EQ(match_path("/v1/charges", "/v1/charges/"), std::nullopt);
}

}  // namespace
}  // namespace faultline::http
