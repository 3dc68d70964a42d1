#include "loop/loop.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace faultline {
namespace {

using namespace std::chrono_literals;

TEST(Loop, RunsWhatIsPostedInTheOrderOfTheCalls) {
  constexpr int kPosts = 1000;
  Loop loop("order");
  std::vector<int> seen;
  for (int i = 0; i < kPosts; ++i) {
    loop.post([&seen, i] { seen.push_back(i); });
  }
  loop.run([] {});  // comes after all of them
  ASSERT_EQ(seen.size(), static_cast<std::size_t>(kPosts));
  for (int i = 0; i < kPosts; ++i) {
    ASSERT_EQ(seen[static_cast<std::size_t>(i)], i);
  }
}

TEST(Loop, KeepsTheOrderOfEachThreadThatPosts) {
  constexpr int kThreads = 4, kPosts = 500;
  Loop loop("threads");
  std::vector<std::vector<int>> seen(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kPosts; ++i) {
        loop.post([&seen, t, i] { seen[t].push_back(i); });
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  loop.run([] {});
  for (const auto& of_one : seen) {
    ASSERT_EQ(of_one.size(), static_cast<std::size_t>(kPosts));
    EXPECT_TRUE(std::is_sorted(of_one.begin(), of_one.end())) << "posts of one thread changed places";
  }
}

TEST(Loop, DoesNotRunAPostFromWithinIt) {
  Loop loop("nested");
  bool inner_ran = false;
  EXPECT_FALSE(loop.run([&] {
    loop.post([&] { inner_ran = true; });
    return inner_ran;
  })) << "a post on the loop's own thread runs later";
  loop.run([] {});
  EXPECT_TRUE(inner_ran);
}

TEST(Loop, RunReturnsTheResult) {
  Loop loop("result");
  EXPECT_EQ(loop.run([] { return std::string("from the loop"); }), "from the loop");
}

TEST(Loop, RunThrowsWhatWasThrownAndTheLoopGoesOn) {
  Loop loop("throws");
  const auto fail = [] { throw std::runtime_error("no such port"); };
  try {
    loop.run(fail);
    FAIL() << "expected what the task threw";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "no such port");
  }
  EXPECT_EQ(loop.run([] { return 1; }), 1) << "an exception of one task must not end the thread";
}

TEST(Loop, RunOnItsOwnThreadRunsAtOnce) {
  Loop loop("own");
  EXPECT_EQ(loop.run([&] { return loop.run([] { return 7; }); }), 7);
}

TEST(Loop, KnowsItsOwnThread) {
  Loop loop("mine"), other("other");
  EXPECT_FALSE(loop.on_this_thread());
  EXPECT_TRUE(loop.run([&] { return loop.on_this_thread(); }));
  EXPECT_FALSE(other.run([&] { return loop.on_this_thread(); }));
}

TEST(Loop, NamesItsThreadWithAtMostFifteenCharacters) {
  Loop loop("a name that is too long");
  char name[16] = {};
  loop.run([&] { pthread_getname_np(pthread_self(), name, sizeof name); });
  EXPECT_STREQ(name, "a name that is ");
}

TEST(Loop, DropsOnDestructionWhatHasNotBegun) {
  std::atomic<bool> first_ended = false, second_ran = false;
  std::promise<void> begun;
  {
    Loop loop("ends");
    loop.post([&] {
      begun.set_value();
      // Until the destructor has stopped the loop.
      const Instant deadline = monotonic_now() + 10s;
      while (!loop.io().stopped() && monotonic_now() < deadline) {
        std::this_thread::yield();
      }
      first_ended = true;
    });
    loop.post([&] { second_ran = true; });
    begun.get_future().wait();
  }
  EXPECT_TRUE(first_ended) << "the task that was running is waited for";
  EXPECT_FALSE(second_ran) << "the task behind it is dropped";
}

}  // namespace
}  // namespace faultline
