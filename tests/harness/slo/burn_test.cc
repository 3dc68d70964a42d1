#include "slo/burn.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace faultline::slo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr Ratio kThreeNines{0.999};

// One event each 50 ms for a minute, of which those due in [from, to) are bad.
std::vector<Event> minute_with_outage(Duration from, Duration to) {
  std::vector<Event> events;
  for (Duration at{}; at < 60s; at += 50ms) {
    events.push_back({at, at >= from && at < to});
  }
  return events;
}

std::vector<Event> spread(int count, Duration length, int bad) {
  std::vector<Event> events;
  events.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    events.push_back({length * i / count, i < bad});
  }
  return events;
}

TEST(BurnRate, IsTheShareOfBadEventsByTheShareThatIsAllowed) {
  const auto events = minute_with_outage(20s, 30s);
  // Of the 100 events of (20 s, 25 s] all are bad; of those of (15 s, 20 s] the one at 20 s.
  EXPECT_NEAR(burn_rate(events, kThreeNines, 5s, 25s).value(), 1000, 1e-6);
  EXPECT_NEAR(burn_rate(events, kThreeNines, 5s, 20s).value(), 10, 1e-6);
  // 200 of the 1,200 of the whole minute.
  EXPECT_NEAR(burn_rate(events, kThreeNines, 60s, 60s - 50ms).value(), 200.0 / 1200 / 0.001, 1e-6);
}

TEST(BurnRate, CountsWhatIsDueAtTheEndOfAWindowAndNotWhatIsAtItsBegin) {
  const std::vector<Event> events = {{1s, true}, {2s, false}, {3s, false}};
  EXPECT_EQ(burn_rate(events, Ratio{0.5}, 2s, 3s), 0) << "(1 s, 3 s]";
  EXPECT_NEAR(burn_rate(events, Ratio{0.5}, 2s + 1ns, 3s).value(), 2.0 / 3, 1e-9);
  EXPECT_EQ(burn_rate(events, Ratio{0.5}, 1s, 1s), 2) << "(0 s, 1 s]";
}

TEST(BurnRate, TakesWhatTheRunHasOfAWindow) {
  const std::vector<Event> events = {{0s, true}, {1s, false}};
  EXPECT_EQ(burn_rate(events, Ratio{0.5}, 1h, 1s), 1);
}

TEST(BurnRate, IsNoneWithoutEvents) {
  EXPECT_EQ(burn_rate({}, kThreeNines, 1h, 1h), std::nullopt);
  EXPECT_EQ(burn_rate(std::vector<Event>{{1s, true}}, kThreeNines, 1s, 2s), std::nullopt);
}

TEST(BurnRate, ReachesAThresholdThatItIsAt) {
  // 1 - 0.999 is a little more than 0.001: 144 of 10,000 come out a little below 14.4.
  const double rate = burn_rate(spread(10'000, 1s, 144), kThreeNines, 1h, 1s).value();
  EXPECT_LT(rate, 14.4);
  EXPECT_TRUE(reaches(rate, 14.4));
  EXPECT_FALSE(reaches(burn_rate(spread(10'000, 1s, 143), kThreeNines, 1h, 1s).value(), 14.4));
}

TEST(Burns, AreThoseOfTheWorkbookDividedByTheScale) {
  const auto all = burns(minute_with_outage(20s, 30s), kThreeNines, 60s, 60);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].windows.threshold, 14.4);
  EXPECT_EQ(all[0].windows.long_window, 1h);
  EXPECT_EQ(all[0].long_in_run, 60s);
  EXPECT_EQ(all[0].short_in_run, 5s);
  EXPECT_EQ(all[1].windows.threshold, 6);
  EXPECT_EQ(all[1].long_in_run, 360s);
  EXPECT_EQ(all[1].short_in_run, 30s);
  EXPECT_EQ(all[2].windows.threshold, 1);
  EXPECT_EQ(all[2].long_in_run, 72min);
  EXPECT_EQ(all[2].short_in_run, 6min);
}

TEST(Burns, OfAnOutageOfTenSecondsInAMinute) {
  const auto all = burns(minute_with_outage(20s, 30s), kThreeNines, 60s, 60);
  // The long window grows with the run. It is at 14.4 when 6 of 406 are bad (5 of 405: 12.3), which is at 20.25 s, and
  // highest at the last bad one: 200 of 600. The short one has 2 bad of 100, which are 20, until that at 29.90 s leaves it
  // at 34.90 s.
  EXPECT_EQ(all[0].fired_at, 20s + 250ms);
  EXPECT_NEAR(all[0].peak.value(), 200.0 / 600 * 1000, 1e-6);
  EXPECT_EQ(all[0].until, 34s + 850ms);
  // 3 of 403 are 7.4; in the short window of 30 s 4 of 600 are 6.7, and the fourth from the last, at 29.80 s, leaves it at
  // 59.80 s.
  EXPECT_EQ(all[1].fired_at, 20s + 100ms);
  EXPECT_NEAR(all[1].peak.value(), 200.0 / 600 * 1000, 1e-6);
  EXPECT_EQ(all[1].until, 59s + 750ms);
  EXPECT_EQ(all[2].peak, std::nullopt);
  EXPECT_EQ(all[2].left_out, "the run of 1m is shorter than its short window of 6m");
}

TEST(Burns, AreNothingWhereAllIsGood) {
  const auto all = burns(minute_with_outage(0s, 0s), kThreeNines, 60s, 60);
  EXPECT_EQ(all[0].peak, 0);
  EXPECT_EQ(all[0].fired_at, std::nullopt);
  EXPECT_EQ(all[0].until, std::nullopt);
}

TEST(Burns, AreAtTheirHighestWhereAllIsBad) {
  const auto all = burns(minute_with_outage(0s, 60s), kThreeNines, 60s, 60);
  EXPECT_NEAR(all[0].peak.value(), 1000, 1e-6);
  // 1 of 70 is a rate of 14.3: the first of which one alone would not ring.
  EXPECT_EQ(all[0].fired_at, 69 * 50ms);
  EXPECT_EQ(all[0].until, 60s - 50ms);
}

TEST(Burns, DoNotRingForOneBadEvent) {
  auto events = minute_with_outage(0s, 0s);
  events[0].bad = true;  // alone in its windows at first
  EXPECT_EQ(burns(events, kThreeNines, 60s, 60)[0].fired_at, std::nullopt);
}

TEST(Burns, RingAtExactlyTheirThreshold) {
  // 18 of 1,250 are 1.44%, and the short window of 5 s (105 of them) has 15 of them.
  std::vector<Event> events = spread(1250, 59s, 0);
  for (int i = 0; i < 18; ++i) {
    events[events.size() - 1 - static_cast<std::size_t>(i) * 6].bad = true;
  }
  EXPECT_EQ(burns(events, kThreeNines, 60s, 60)[0].fired_at, events.back().at);
  events.back().bad = false;
  EXPECT_EQ(burns(events, kThreeNines, 60s, 60)[0].fired_at, std::nullopt);
}

TEST(Burns, TakeEventsOfTheSameInstantTogether) {
  // 100 at once, of which the bad ones come first: the share is never more than 1 of 2.
  std::vector<Event> events(200, Event{1s, false});
  std::fill_n(events.begin(), 100, Event{1s, true});
  EXPECT_NEAR(burns(events, kThreeNines, 60s, 60)[0].peak.value(), 500, 1e-6);
}

TEST(Burns, AreLeftOutWithTheReason) {
  const auto few = burns(spread(69, 60s, 0), kThreeNines, 60s, 60)[0];
  EXPECT_EQ(few.peak, std::nullopt);
  EXPECT_EQ(few.left_out,
            "its long window of 1m holds 69 events at most, of which one bad one is a rate of 14.5 already");
  EXPECT_EQ(burns(spread(70, 60s, 0), kThreeNines, 60s, 60)[0].left_out, "");
  EXPECT_THAT(burns(spread(1, 60s, 1), Ratio{0.9}, 60s, 60)[1].left_out, HasSubstr("holds 1 event at most"));
  EXPECT_EQ(burns({}, kThreeNines, 60s, 60)[0].left_out, "there are no events");
  EXPECT_EQ(burns(spread(70, 4s, 0), kThreeNines, 4s, 60)[0].left_out,
            "the run of 4s is shorter than its short window of 5s");
  EXPECT_EQ(burns(spread(70, 5s, 0), kThreeNines, 5s, 60)[0].left_out, "");
  EXPECT_EQ(burns(spread(1000, 60s, 1000), Ratio{0.9}, 60s, 60)[0].left_out,
            "with a target of 90% the rate is never above 10");
  EXPECT_EQ(burns(spread(1000, 60s, 1000), Ratio{0.95}, 60s, 60)[0].left_out, "") << "it may be 20";
}

TEST(Burns, AreWhatTheRatesOfBothWindowsSay) {
  // Events at random, often several at once, against the rate that is counted anew for each instant.
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
  for (int round = 0; round < 5; ++round) {
    std::vector<Event> events;
    Duration at{};
    for (int i = 0; i < 1500; ++i) {
      at += (random() % 3) * 10ms;
      events.push_back({at, random() % 40 == 0 && (i / 300) % 2 == 0});
    }
    const auto burn = burns(events, Ratio{0.99}, 60s, 600)[0];  // 6 s and 500 ms
    double peak = 0;
    std::optional<Duration> fired, until;
    for (const Event& event : events) {
      const auto held = std::count_if(events.begin(), events.end(), [&](const Event& each) {
        return each.at > event.at - 6s && each.at <= event.at;
      });
      if (1.0 / static_cast<double>(held) / 0.01 >= 14.4) {
        continue;
      }
      const double rate = std::min(burn_rate(events, Ratio{0.99}, 6s, event.at).value(),
                                   burn_rate(events, Ratio{0.99}, 500ms, event.at).value());
      peak = std::max(peak, rate);
      if (reaches(rate, 14.4)) {
        fired = fired.value_or(event.at);
        until = event.at;
      }
    }
    EXPECT_NEAR(burn.peak.value(), peak, 1e-9);
    EXPECT_EQ(burn.fired_at, fired);
    EXPECT_EQ(burn.until, until);
  }
}

}  // namespace
}  // namespace faultline::slo
