#include "protocol/pattern.h"

#include <gtest/gtest.h>

#include "protocol/operations.h"

namespace faultline::protocol {
namespace {

std::string pattern(std::string_view text, char separator) {
  std::string made;
  append_pattern(made, text, separator);
  return made;
}

TEST(Pattern, TakesIdsOutAndKeepsNames) {
  EXPECT_EQ(pattern("user:1001:cart", ':'), "user:*:cart");
  EXPECT_EQ(pattern("session", ':'), "session");
  EXPECT_EQ(pattern("", ':'), "");
  EXPECT_EQ(pattern("a::b", ':'), "a::b");
  EXPECT_EQ(pattern("response:6f1ed002-ab5c-4a8e-9c2e-0d1a2b3c4d5e", ':'), "response:*");
}

TEST(Pattern, KeepsVersionsAndMonthsAndWhatAFileIs) {
  EXPECT_EQ(pattern("/v1/charges/ch_3MmlLr", '/'), "/v1/charges/*");
  EXPECT_EQ(pattern("/admin/api/2024-01/orders/450789469.json", '/'), "/admin/api/2024-01/orders/*.json");
  EXPECT_EQ(pattern("/admin/api/2024-01/orders.json", '/'), "/admin/api/2024-01/orders.json");
}

TEST(Pattern, TakesOutWhatIsNotText) {
  EXPECT_EQ(pattern(std::string_view("a:\x01\xff", 4), ':'), "a:*");
  EXPECT_EQ(pattern("a:" + std::string(49, 'x'), ':'), "a:*");
  EXPECT_EQ(pattern("a:" + std::string(48, 'x'), ':'), "a:" + std::string(48, 'x'));
}

TEST(Operations, AreTheSameForTheSameName) {
  Operations operations;
  Operation& first = operations.named("GET a:*");
  EXPECT_EQ(&operations.named(std::string("GET a:") + "*"), &first);
  EXPECT_NE(&operations.named("GET b:*"), &first);
}

TEST(Operations, AreLimitedInNumberAndLength) {
  Operations operations;
  for (std::size_t i = 0; i < Operations::kMost + 100; ++i) {
    operations.named("statement " + std::to_string(i));
  }
  EXPECT_EQ(operations.named("one more").name, Operations::kOthers);
  EXPECT_LE(operations.size(), Operations::kMost + 1);
  EXPECT_EQ(operations.named("statement 7").name, "statement 7");
  Operations others;
  EXPECT_EQ(others.named(std::string(5'000, 'x')).name.size(), Operations::kLongestName);
}

}  // namespace
}  // namespace faultline::protocol
