#include "load/cookies.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace faultline::load {
namespace {

using namespace std::chrono_literals;

const http::Origin kShop = {"www.shop.example", "80", false};
const http::Origin kSecureShop = {"www.shop.example", "443", true};

// A jar, and the clock it is asked by.
struct Jar {
  void take(const std::vector<std::string>& fields, std::string_view target = "/",
            const std::string& date = {}) {
    http::Headers headers;
    for (const std::string& field : fields) {
      headers.add("Set-Cookie", field);
    }
    if (!date.empty()) {
      headers.add("Date", date);
    }
    cookies.take(headers, kShop, target, now);
  }
  std::string at(std::string_view target, const http::Origin& service = kShop) const {
    return cookies.to_field(service, target, now);
  }

  Cookies cookies;
  Instant now{1h};
};

std::string after(const std::vector<std::string>& fields) {
  Jar jar;
  jar.take(fields);
  return jar.at("/");
}

TEST(Cookies, AreKeptAndGivenBack) {
  EXPECT_EQ(after({"a=1; Path=/; HttpOnly", "b=x=y"}), "a=1; b=x=y");
  EXPECT_EQ(after({"a=1", "b=2", "a=3"}), "a=3; b=2") << "set anew, in the place of the first";
  EXPECT_EQ(after({}), "");
}

TEST(Cookies, AreTakenAway) {
  EXPECT_EQ(after({"a=1", "b=2", "a=; max-age=0"}), "b=2");
  EXPECT_EQ(after({"a=1", "a=; Max-Age=-1; Path=/"}), "");
  EXPECT_EQ(after({"a=1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}), "");
  EXPECT_EQ(after({"a=1; Max-Age=100"}), "a=1");
  EXPECT_EQ(after({"a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=100"}), "a=1")
      << "Max-Age has the say";
}

TEST(Cookies, GoWhereTheirPathMatches) {
  Jar jar;
  jar.take({"shop=1; Path=/shop", "all=2; Path=/", "cart=3; Path=/shop/cart/"});
  EXPECT_EQ(jar.at("/"), "all=2");
  EXPECT_EQ(jar.at("/shop"), "shop=1; all=2");
  EXPECT_EQ(jar.at("/shopping"), "all=2");
  EXPECT_EQ(jar.at("/shop/cart/?x=/shop"), "cart=3; shop=1; all=2") << "the longest path first";
  EXPECT_EQ(jar.at("/?x=/shop"), "all=2") << "a query is no path";
}

TEST(Cookies, HaveThePathThatTheyWereSetAt) {
  Jar jar;
  jar.take({"a=1"}, "/shop/login?to=/x/y");
  jar.take({"b=2; Path=shop"}, "/login");
  EXPECT_EQ(jar.at("/shop"), "a=1; b=2");
  EXPECT_EQ(jar.at("/"), "b=2") << "a path that does not begin with a slash is none";
  jar.take({"a=3; Path=/"}, "/shop/login");
  EXPECT_EQ(jar.at("/shop/login"), "a=1; b=2; a=3") << "of another path, it is another cookie";
}

TEST(Cookies, ExpireByTheClockThatIsAsked) {
  Jar jar;
  jar.take({"a=1; Max-Age=60", "b=2"});
  jar.now += 60s - 1ns;
  EXPECT_EQ(jar.at("/"), "a=1; b=2");
  jar.now += 1ns;
  EXPECT_EQ(jar.at("/"), "b=2");
}

TEST(Cookies, LiveFromTheDateOfTheAnswerToTheirOwn) {
  Jar jar;
  jar.take({"a=1; Expires=Wed, 21 Oct 2015 07:28:30 GMT", "b=2; Expires=Wed, 21 Oct 2015 07:27:59 GMT"}, "/",
           "Wed, 21 Oct 2015 07:28:00 GMT");
  EXPECT_EQ(jar.at("/"), "a=1");
  jar.now += 30s;
  EXPECT_EQ(jar.at("/"), "");
}

TEST(Cookies, GoSecurelyWhereTheyHaveTo) {
  Jar jar;
  jar.take({"a=1; Secure", "b=2"});
  EXPECT_EQ(jar.at("/"), "b=2");
  EXPECT_EQ(jar.at("/", kSecureShop), "a=1; b=2");
}

TEST(Cookies, OfAnotherDomainAreIgnored) {
  EXPECT_EQ(after({"a=1; Domain=shop.example", "b=2; Domain=.WWW.Shop.Example", "c=3; Domain="}),
            "a=1; b=2; c=3");
  EXPECT_EQ(after({"a=1; Domain=pay.example", "b=2; Domain=www2.shop.example", "c=3; Domain=op.example",
                   "d=4; Domain=example"}),
            "");
  const http::Origin address = {"127.0.0.1", "80", false};
  Cookies cookies;
  cookies.take({{"Set-Cookie", "a=1; Domain=0.0.1"}, {"Set-Cookie", "b=2; Domain=127.0.0.1"}}, address, "/",
               {});
  EXPECT_EQ(cookies.to_field(address, "/", {}), "b=2") << "an address has no domain";
}

TEST(Cookies, HaveALimit) {
  Jar jar;
  for (int n = 0; n < 181; ++n) {
    jar.take({"c" + std::to_string(n) + "=1"});
  }
  const std::string field = jar.at("/");
  EXPECT_EQ(std::count(field.begin(), field.end(), '='), 180);
  EXPECT_TRUE(field.starts_with("c1=1; ")) << "the oldest has given way";
  EXPECT_EQ(after({"a=" + std::string(4096, 'x')}), "");
}

}  // namespace
}  // namespace faultline::load
