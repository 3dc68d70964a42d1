#include "load/set_cookie.h"

#include <gtest/gtest.h>

#include <string>

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

TEST(SetCookie, IsReadWithItsAttributes) {
  const auto cookie = parse_set_cookie(
      "id = a=b c ; Domain=.Shop.Example;Path=/x; SECURE; HttpOnly; Max-Age=3600; "
      "Expires=Wed, 21 Oct 2015 07:28:00 GMT");
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->name, "id");
  EXPECT_EQ(cookie->value, "a=b c");
  EXPECT_EQ(cookie->domain, "shop.example");
  EXPECT_EQ(cookie->path, "/x");
  EXPECT_TRUE(cookie->secure);
  EXPECT_EQ(cookie->max_age, 1h);
  EXPECT_EQ(cookie->expires, sys_days(2015y / 10 / 21) + 7h + 28min);
}

TEST(SetCookie, IsIgnoredWhereItIsNone) {
  for (const char* field : {"=1", "nothing", "; a=1", "", "a=1\n", "a=\x01", "a=1; path=/\x7F"}) {
    EXPECT_FALSE(parse_set_cookie(field)) << field;
  }
  EXPECT_FALSE(parse_set_cookie("a=" + std::string(4096, 'x')));
  EXPECT_TRUE(parse_set_cookie("a=" + std::string(4095, 'x')));
}

TEST(SetCookie, HasTheLastOfWhatIsGivenTwiceAndNothingOfWhatIsWrong) {
  const auto cookie = parse_set_cookie(
      "a=1; Path=/x; Path=/y; Max-Age=5; Max-Age=x; Max-Age=; Expires=never; Domain=; Path=/" +
      std::string(1024, 'z'));
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->path, "/y");
  EXPECT_EQ(cookie->max_age, 5s);
  EXPECT_FALSE(cookie->expires);
  EXPECT_EQ(cookie->domain, "");
}

TEST(SetCookie, LivesNoLongerThan400Days) {
  EXPECT_EQ(parse_set_cookie("a=1; Max-Age=99999999999999999999")->max_age, 24h * 400);
  EXPECT_EQ(parse_set_cookie("a=1; Max-Age=-99999999999999999999")->max_age, 0s);
  EXPECT_EQ(parse_set_cookie("a=1; Max-Age=40000000")->max_age, 24h * 400);
}

TEST(CookieDate, IsReadInEachOfItsForms) {
  const auto expected = sys_days(1994y / 11 / 6) + 8h + 49min + 37s;
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "1994 november 6th 8:49:37", "08:49:37Z, 6 NOV 94"}) {
    EXPECT_EQ(parse_cookie_date(text), expected) << text;
  }
  EXPECT_EQ(parse_cookie_date("1 Jan 69 00:00:00"), sys_days(2069y / 1 / 1));
  EXPECT_EQ(parse_cookie_date("1 Jan 70 00:00:00"), sys_days(1970y / 1 / 1));
}

TEST(CookieDate, IsNothingWhereAPartLacksOrThereIsNoSuchDay) {
  for (const char* text :
       {"", "Sun, 06 Nov 1994", "06 1994 08:49:37", "30 Feb 2015 00:00:00", "0 Jan 2015 00:00:00",
        "1 Jan 2015 24:00:00", "1 Jan 2015 00:60:00", "1 Jan 1600 00:00:00", "1 Jan 20155 00:00:00",
        "1 Jan 2015 0:0", "1 Jan 2015 000:00:00"}) {
    EXPECT_FALSE(parse_cookie_date(text)) << text;
  }
}

}  // namespace
}  // namespace faultline::load
