#include "load/repeats.h"

#include <gtest/gtest.h>

namespace faultline::load {
namespace {

http::Exchange answer(int status, const std::string& body) {
  http::Exchange exchange;
  exchange.response.status = status;
  exchange.response.body = body;
  return exchange;
}

// What is said of the second of two that an arrival sends.
std::optional<bool> second(const http::Request& one, const http::Exchange& first, const http::Request& other,
                           const http::Exchange& then) {
  Repeats repeats;
  repeats.sent(one);
  EXPECT_EQ(repeats.answered_alike(first), std::nullopt);
  repeats.sent(other);
  return repeats.answered_alike(then);
}

const http::Request kCreate{"POST", "/jobs", {}, R"({"name":"a"})"};

TEST(Repeats, AreAnsweredAlikeOrNot) {
  EXPECT_EQ(second(kCreate, answer(201, "1"), kCreate, answer(201, "1")), true);
  EXPECT_EQ(second(kCreate, answer(201, "1"), kCreate, answer(201, "2")), false);
  EXPECT_EQ(second(kCreate, answer(201, "1"), kCreate, answer(200, "1")), false);
}

TEST(Repeats, MayDifferInTheirHeaders) {
  http::Request again = kCreate;
  again.headers.add("traceparent", "2");
  EXPECT_EQ(second(kCreate, answer(201, "1"), again, answer(201, "1")), true);
}

TEST(Repeats, AreTheSameInMethodTargetAndBody) {
  for (const http::Request& other : {http::Request{"PUT", "/jobs", {}, R"({"name":"a"})"},
                                     http::Request{"POST", "/job", {}, R"(s{"name":"a"})"},
                                     http::Request{"POST", "/jobs", {}, R"({"name":"b"})"}}) {
    EXPECT_EQ(second(kCreate, answer(201, "1"), other, answer(201, "2")), std::nullopt) << other.target;
  }
}

TEST(Repeats, SayNothingOfWhatFailedOrOnlyReads) {
  EXPECT_EQ(second(kCreate, answer(500, "x"), kCreate, answer(201, "1")), std::nullopt);
  EXPECT_EQ(second(kCreate, answer(201, "1"), kCreate, answer(429, "x")), std::nullopt);
  const http::Request read{"GET", "/jobs", {}, {}};
  EXPECT_EQ(second(read, answer(200, "1"), read, answer(200, "2")), std::nullopt);
  http::Exchange lost;
  lost.failure = http::Failure::timeout;
  EXPECT_EQ(second(kCreate, answer(201, "1"), kCreate, lost), std::nullopt);
}

}  // namespace
}  // namespace faultline::load
