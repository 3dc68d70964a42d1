#include <gtest/gtest.h>

#include "judge/measure.h"
#include "run_on_paper.h"

namespace faultline::judge {
namespace {

using namespace std::chrono_literals;

TEST(PercentileOf, IsTheValueAtTheNearestRank) {
  const std::vector<Duration> five = {15ms, 20ms, 35ms, 40ms, 50ms};
  EXPECT_EQ(percentile_of(five, 5), Duration(15ms));    // rank 0.25, up to 1
  EXPECT_EQ(percentile_of(five, 30), Duration(20ms));   // 1.5, up to 2
  EXPECT_EQ(percentile_of(five, 40), Duration(20ms));   // exactly 2
  EXPECT_EQ(percentile_of(five, 50), Duration(35ms));   // 2.5, up to 3
  EXPECT_EQ(percentile_of(five, 100), Duration(50ms));  // 5
  EXPECT_EQ(percentile_of({7ms}, 1), Duration(7ms));
}

TEST(PercentileOf, IsNotMisledByBinaryFractions) {
  std::vector<Duration> many;
  for (int i = 1; i <= 41000; ++i) {
    many.emplace_back(i);
  }
  // 99.9 % of 41000 is 40959; in binary, 99.9 * 41000 / 100 is a little more.
  EXPECT_EQ(percentile_of(many, 99.9), Duration(40959));
}

TEST(Figures, HaveAPhaseAsLongAsItWas) {
  RunOnPaper run;
  run.write("phase", 12, {{"phase", "steady"}, {"edge", "end"}, {"waited", 2}, {"settled", true}});
  run.write("phase", 22, {{"phase", "incident"}, {"edge", "end"}});
  run.write("phase", 25, {{"phase", "recovery"}, {"edge", "end"}, {"early", true}});
  const auto phases = run.judged().phases;
  ASSERT_EQ(phases.size(), 3U);
  EXPECT_EQ(phases[0].length, 12) << "the boundary behind it has waited";
  EXPECT_EQ(phases[1].length, 10);
  EXPECT_EQ(phases[2].length, 3) << "from 22 s on";
}

TEST(Figures, AreOfTheRequestsThatWereDueInThePhase) {
  RunOnPaper run;
  for (int i = 1; i <= 100; ++i) {
    run.request(10 + i * 0.05, i * 1e-3);
  }
  run.request(12, std::nullopt);
  run.request(13, 0.1, false);
  run.request(21);
  run.write("arrival", 11, {{"k", 1}, {"phase", "incident"}, {"journey", "j"}, {"due", 11}, {"late", 0}});
  run.write("arrival", 11, {{"k", 2}, {"phase", "incident"}, {"journey", "j"}, {"due", 11}, {"shed", true}});
  const auto phases = run.judged().phases;
  ASSERT_EQ(phases.size(), 3U);
  const result::PhaseFigures& incident = phases[1];
  EXPECT_EQ(incident.name, "incident");
  EXPECT_EQ(incident.length, 10);
  EXPECT_EQ(incident.arrivals, 1U) << "one was shed";
  EXPECT_EQ(incident.requests, 102U);
  EXPECT_EQ(incident.errors, 2U);
  // 101 answers: 1 ms to 100 ms, and 100 ms once more. Ranks: 50.5 -> 51, 95.95 -> 96, 99.99 -> 100.
  EXPECT_EQ(incident.p50, Duration(51ms));
  EXPECT_EQ(incident.p95, Duration(96ms));
  EXPECT_EQ(incident.p99, Duration(100ms));
  EXPECT_EQ(phases[0].requests, 0U);
  EXPECT_EQ(phases[0].p50, std::nullopt);
}

}  // namespace
}  // namespace faultline::judge
