#include "http/base64.h"

#include <gtest/gtest.h>

namespace faultline::http {
namespace {

// RFC 4648, section 10.
TEST(Base64, AgreesWithTheVectorsOfItsSpecification) {
  EXPECT_EQ(base64url_encoded(""), "");
  EXPECT_EQ(base64url_encoded("f"), "Zg");
  EXPECT_EQ(base64url_encoded("fo"), "Zm8");
  EXPECT_EQ(base64url_encoded("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_decoded("Zg=="), "f");
  EXPECT_EQ(base64_decoded("Zm8="), "fo");
  EXPECT_EQ(base64_decoded("Zm9vYmFy"), "foobar");
}

TEST(Base64, ReadsBothAlphabetsWithAndWithoutPadding) {
  EXPECT_EQ(base64url_encoded("\xFB\xFF"), "-_8");
  EXPECT_EQ(base64_decoded("-_8"), "\xFB\xFF");
  EXPECT_EQ(base64_decoded("+/8="), "\xFB\xFF");
}

TEST(Base64, RefusesWhatItIsNot) {
  for (const char* text : {"Z", "Zm9vY", "Zm 9", "Zg===", "Z=g="}) {
    EXPECT_EQ(base64_decoded(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace faultline::http
