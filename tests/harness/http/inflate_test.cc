#include "http/inflate.h"

#include <gtest/gtest.h>

#include "gzip.h"

namespace faultline::http {
namespace {

constexpr std::size_t kLimit = 1'000'000;

std::string text() {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text += std::to_string(i * 7919);
  }
  return text;
}

TEST(Inflate, ReadsEveryWayOfDeflate) {
  for (const Packed how : {Packed::gzip, Packed::zlib, Packed::raw}) {
    EXPECT_EQ(inflated(packed(text(), how), kLimit), text()) << static_cast<int>(how);
    EXPECT_EQ(inflated(packed("", how), kLimit), "") << static_cast<int>(how);
  }
  EXPECT_EQ(inflated(packed("one ") + packed("two"), kLimit), "one two") << "two members of gzip";
}

TEST(Inflate, RefusesWhatIsCutOff) {
  const std::string whole = packed("some text that is long enough to be cut");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(inflated(whole.substr(0, size), kLimit)) << size;
  }
}

TEST(Inflate, RefusesWhatIsBrokenOrHasMoreBehindIt) {
  std::string broken = packed(text());
  broken[broken.size() / 2] = static_cast<char>(broken[broken.size() / 2] ^ 0x55);
  EXPECT_FALSE(inflated(broken, kLimit));
  EXPECT_FALSE(inflated("plain text", kLimit));
  EXPECT_FALSE(inflated(packed("a") + "b", kLimit));
}

TEST(Inflate, StopsAtTheLimit) {
  const std::string bomb = packed(std::string(8'000'000, '0'));
  ASSERT_LT(bomb.size(), 100'000U);
  EXPECT_FALSE(inflated(bomb, kLimit));
  EXPECT_TRUE(inflated(packed(std::string(kLimit, '0')), kLimit));
  EXPECT_FALSE(inflated(packed(std::string(kLimit + 1, '0')), kLimit));
}

TEST(Inflate, KnowsTheNamesOfWhatItReads) {
  for (const char* name : {"gzip", "GZip", "x-gzip", "deflate"}) {
    EXPECT_TRUE(is_compressed(name)) << name;
  }
  for (const char* name : {"", "identity", "br", "gzip, gzip"}) {
    EXPECT_FALSE(is_compressed(name)) << name;
  }
}

}  // namespace
}  // namespace faultline::http
