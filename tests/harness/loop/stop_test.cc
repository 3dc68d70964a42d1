#include "loop/stop.h"

#include <gtest/gtest.h>

#include <future>

#include "loop/loop.h"

namespace faultline {
namespace {

using namespace std::chrono_literals;

TEST(Stop, OfAPartEndsThatPartAlone) {
  Stop whole;
  Stop part(&whole);
  EXPECT_TRUE(part.request(0));
  EXPECT_TRUE(part.requested());
  EXPECT_FALSE(part.wait_until(monotonic_now() + 1h));
  EXPECT_FALSE(whole.requested());
}

TEST(Stop, OfTheWholeEndsItsParts) {
  Stop whole;
  Stop part(&whole);
  auto waiting = std::async(std::launch::async, [&] { return part.wait_until(monotonic_now() + 1h); });
  EXPECT_TRUE(whole.request(15));
  EXPECT_FALSE(waiting.get()) << "a wait that is under way is woken";
  EXPECT_TRUE(part.requested());
  EXPECT_EQ(part.signal(), 15);
}

TEST(Stop, SaysWhoAskedFirst) {
  Stop whole;
  Stop part(&whole);
  EXPECT_TRUE(whole.request(2));
  EXPECT_FALSE(whole.request(15));
  EXPECT_FALSE(part.request(0)) << "it had been requested with the whole";
  EXPECT_EQ(whole.signal(), 2);
}

}  // namespace
}  // namespace faultline
