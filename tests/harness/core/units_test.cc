#include "core/units.h"

#include <gtest/gtest.h>

namespace faultline {
namespace {

using namespace std::chrono_literals;

TEST(Units, ReadDurationsInEveryUnit) {
  EXPECT_EQ(parse_duration("250ns"), 250ns);
  EXPECT_EQ(parse_duration("10us"), 10us);
  EXPECT_EQ(parse_duration("200ms"), 200ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Units, RefuseWhatIsNotExactlyANumberAndAUnit) {
  for (const char* text : {"", "s", "200", "200 ms", "-1s", "1e3s", "1.s2", "200msec", "1s ", " 1s", "nans",
                           "infs", "0x1s", "9999999h"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << '"' << text << '"';
  }
  EXPECT_EQ(parse_rate("20"), std::nullopt);
  EXPECT_EQ(parse_rate("20/d"), std::nullopt);
  EXPECT_EQ(parse_size("1.5B"), std::nullopt) << "half a byte";
  EXPECT_EQ(parse_size("64kib"), std::nullopt);
  EXPECT_EQ(parse_ratio("0.5"), std::nullopt);
  EXPECT_EQ(parse_ratio("%"), std::nullopt);
  EXPECT_EQ(parse_ratio("-1%"), std::nullopt);
}

TEST(Units, ReadRatesSizesAndRatios) {
  EXPECT_EQ(parse_rate("20/s"), Rate{20});
  EXPECT_EQ(parse_rate("30/m"), Rate{0.5});
  EXPECT_EQ(parse_size("64KiB"), Size{65536});
  EXPECT_EQ(parse_size("1.5KiB"), Size{1536});
  EXPECT_EQ(parse_size("2MB"), Size{2'000'000});
  EXPECT_EQ(parse_ratio("99.9%"), Ratio{0.999});
}

TEST(Units, PrintWhatReadsBackAsTheSame) {
  for (const Duration d : {0ns, 1ns, 1500ns, 200000000ns, 1500000000ns, 90000000000ns, 3600000000000ns}) {
    EXPECT_EQ(parse_duration(to_text(d)), d) << to_text(d);
  }
  EXPECT_EQ(to_text(Duration(1500ms)), "1500ms");
  EXPECT_EQ(to_text(Duration(2min)), "2m");
  for (const std::uint64_t bytes : {0ULL, 1ULL, 65536ULL, 1'000'000ULL, 1ULL << 30}) {
    EXPECT_EQ(parse_size(to_text(Size{bytes})), Size{bytes}) << to_text(Size{bytes});
  }
  EXPECT_EQ(to_text(Ratio{0.999}), "99.9%");
  EXPECT_EQ(parse_rate(to_text(Rate{0.5})), Rate{0.5});
}

TEST(Units, DisplayThreeSignificantDigits) {
  EXPECT_EQ(to_display(1234567ns), "1.23 ms");
  EXPECT_EQ(to_display(45600us), "45.6 ms");
  EXPECT_EQ(to_display(456ms), "456 ms");
  EXPECT_EQ(to_display(4567ms), "4.57 s");
  EXPECT_EQ(to_display(90s), "1.50 min");
  EXPECT_EQ(to_display(0ns), "0 s");
}

}  // namespace
}  // namespace faultline
