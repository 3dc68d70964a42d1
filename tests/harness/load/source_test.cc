#include "load/source.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace faultline::load {
namespace {

// What a pointer finds in a body: "(none)" where there is no text.
std::string found(const std::string& body, const std::string& pointer) {
  const http::Response response{200, {}, body};
  return Answer(response).text({Source::Kind::pointer, pointer}).value_or("(none)");
}

bool has(const std::string& body, const std::string& pointer) {
  const http::Response response{200, {}, body};
  return Answer(response).has({Source::Kind::pointer, pointer});
}

TEST(Answer, IsLookedIntoByPointers) {
  const std::string body = R"({"a":{"b":[10,{"c/d":"x","e~":"\u00fc"}]},"":1})";
  EXPECT_EQ(found(body, "/a/b/0"), "10");
  EXPECT_EQ(found(body, "/a/b/1/c~1d"), "x");
  EXPECT_EQ(found(body, "/a/b/1/e~0"), "\xC3\xBC");
  EXPECT_EQ(found(body, "/"), "1");
  for (const char* pointer : {"/b", "/a/b/2", "/a/b/-", "/a/b/x", "/a/b/01", "/a/b/0/c"}) {
    EXPECT_EQ(found(body, pointer), "(none)") << pointer;
  }
}

TEST(Answer, GivesValuesAsJsonWritesThem) {
  EXPECT_EQ(found("[-9223372036854775808]", "/0"), "-9223372036854775808");
  EXPECT_EQ(found("[18446744073709551615]", "/0"), "18446744073709551615");
  EXPECT_EQ(found("[1.50]", "/0"), "1.5");
  EXPECT_EQ(found("[1e3]", "/0"), "1000.0");
  EXPECT_EQ(found("[true]", "/0"), "true");
  EXPECT_EQ(found("[\"\"]", "/0"), "");
  EXPECT_EQ(found(R"([1, 123456789012345678901234567890])", "/0"), "1") << "whatever number is beside it";
}

TEST(Answer, HasNothingWhereNothingOrNullIs) {
  EXPECT_TRUE(has(R"({"a":[]})", "/a"));
  EXPECT_TRUE(has(R"({"a":{}})", "/a"));
  EXPECT_EQ(found(R"({"a":[]})", "/a"), "(none)");
  EXPECT_FALSE(has(R"({"a":null})", "/a"));
  EXPECT_FALSE(has(R"({"a":1})", "/b"));
  for (const char* body : {"", "no JSON", "{", R"({"a":1)", R"({"a":1} x)", "{\"a\":\"\xFF\"}"}) {
    EXPECT_FALSE(has(body, "/a")) << body;
  }
}

}  // namespace
}  // namespace faultline::load
