#include "load/cookies.h"

#include <gtest/gtest.h>

namespace faultline::load {
namespace {

std::string after(const std::vector<std::string>& fields) {
  Cookies cookies;
  http::Headers headers;
  for (const std::string& field : fields) {
    headers.add("Set-Cookie", field);
  }
  cookies.take(headers);
  return cookies.to_field();
}

TEST(Cookies, AreKeptAndGivenBack) {
  EXPECT_EQ(after({"a=1; Path=/; HttpOnly", "b=x=y"}), "a=1; b=x=y");
  EXPECT_EQ(after({"a=1", "b=2", "a=3"}), "a=3; b=2") << "set anew";
  EXPECT_EQ(after({}), "");
}

TEST(Cookies, AreTakenAway) {
  EXPECT_EQ(after({"a=1", "b=2", "a=; max-age=0"}), "b=2");
  EXPECT_EQ(after({"a=1", "a=; Max-Age=-1; Path=/"}), "");
  EXPECT_EQ(after({"a=1; Max-Age=100"}), "a=1");
}

TEST(Cookies, WithoutANameAreIgnored) {
  EXPECT_EQ(after({"=1", "nothing", "; a=1", ""}), "");
}

}  // namespace
}  // namespace faultline::load
