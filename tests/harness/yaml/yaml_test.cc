#include "yaml/yaml.h"

#include <gmock/gmock.h>

namespace faultline::yaml {
namespace {

using ::testing::HasSubstr;

std::string problem(const std::string& text) {
  Diagnostics problems;
  const auto yaml = read(text, "test.yml", problems);
  return yaml || problems.empty() ? "no problem" : to_text(problems.front());
}

Value read_one(const std::string& text) {
  Diagnostics problems;
  return read(text, "test.yml", problems).value_or(Value{.text = "broken"});
}

TEST(Yaml, KnowsThePlaceOfEverything) {
  const Value yaml = read_one("a: 1\nb:\n  - c\n  - d: e\n");
  ASSERT_EQ(yaml.members.size(), 2U);
  EXPECT_EQ(yaml.members[1].line, 2);
  EXPECT_EQ(yaml.find("b")->items.at(1).line, 4);
  EXPECT_EQ(yaml.find("b")->items.at(0).column, 5);
  EXPECT_EQ(yaml.members[0].column, 1);
  EXPECT_EQ(yaml.members[0].value.column, 4);
}

TEST(Yaml, HasOneDocumentOrSeveral) {
  Diagnostics problems;
  const auto documents = read_documents("a: 1\n---\nb: 2\n---\n", "test.yml", problems);
  ASSERT_TRUE(documents.has_value());
  ASSERT_EQ(documents->size(), 3U);
  EXPECT_EQ(documents->at(1).find("b")->text, "2");
  EXPECT_EQ(documents->at(1).find("b")->line, 3);
  EXPECT_EQ(documents->at(2).kind, Value::Kind::none);
  EXPECT_EQ(read_one("a: 1\n---\nb: 2\n").find("b"), nullptr);
  EXPECT_EQ(read_documents("a: 1\n---\nb: [\n", "test.yml", problems), std::nullopt);
  EXPECT_THAT(to_text(problems.at(0)), HasSubstr("test.yml:4:1: error: this is no YAML"));
}

TEST(Yaml, TellsDocumentsByTheirMarkers) {
  Diagnostics problems;
  const auto documents = read_documents(
      "# c\n--- { a: 1 }\n...\nb: |\n  ---\n  ---x\n---\n--- # d\nc: ---d\n", "test.yml", problems);
  ASSERT_TRUE(documents.has_value()) << to_text(problems.front());
  ASSERT_EQ(documents->size(), 5U);
  EXPECT_EQ(documents->at(0).kind, Value::Kind::none) << "a comment";
  EXPECT_EQ(documents->at(1).find("a")->line, 2);
  EXPECT_EQ(documents->at(2).find("b")->text, "---\n---x\n");
  EXPECT_EQ(documents->at(3).kind, Value::Kind::none);
  EXPECT_EQ(documents->at(4).find("c")->text, "---d");
  EXPECT_EQ(documents->at(4).find("c")->line, 9);
}

TEST(Yaml, SaysThatSomethingInADocumentBelongsToNothing) {
  Diagnostics problems;
  EXPECT_EQ(read_documents("a: 1\n---\n  b: 1\n c: 2\n", "test.yml", problems), std::nullopt);
  EXPECT_THAT(to_text(problems.at(0)), HasSubstr("test.yml:2:1: error: something in this document"));
}

TEST(Yaml, TellsNumbersFromTexts) {
  const Value yaml = read_one("a: 1.5\nb: \"1.5\"\nc: true\nd: \"true\"\ne: ~\nf:\n");
  EXPECT_EQ(yaml.find("a")->number(), 1.5);
  EXPECT_TRUE(yaml.find("a")->plain);
  EXPECT_FALSE(yaml.find("b")->plain);
  EXPECT_EQ(yaml.find("c")->boolean(), true);
  EXPECT_EQ(yaml.find("d")->boolean(), std::nullopt);
  EXPECT_EQ(yaml.find("e")->kind, Value::Kind::none);
  EXPECT_EQ(yaml.find("f")->kind, Value::Kind::none);
}

TEST(Yaml, CarriesOutAliasesAndMergeKeys) {
  const Value yaml = read_one("base: &base { a: 1, b: 2 }\nown: { <<: *base, b: 3 }\n");
  EXPECT_EQ(yaml.find("own")->find("a")->text, "1");
  EXPECT_EQ(yaml.find("own")->find("b")->text, "3") << "a map's own member comes before a merged one";
}

TEST(Yaml, SaysWhereItIsBroken) {
  EXPECT_THAT(problem("a: 1\nb: [1, 2\n"), HasSubstr("test.yml:3:1: error: this is no YAML"));
  EXPECT_THAT(problem("a: 1\na: 2\n"), HasSubstr("test.yml:2:1: error: 'a' is here twice"));
  EXPECT_THAT(problem("? [1]\n: 2\n"), HasSubstr("a key must be a text"));
  EXPECT_THAT(problem("a: \xFF\n"), HasSubstr("no text in UTF-8"));
}

TEST(Yaml, IsBounded) {
  EXPECT_THAT(problem(std::string(kBytesAtMost + 1, ' ')), HasSubstr("longer than"));
  std::string deep;
  for (int i = 0; i <= kDepthAtMost + 1; ++i) {
    deep += "[";
  }
  EXPECT_THAT(problem(deep + std::string(deep.size(), ']')), HasSubstr("levels deep"));
  // Each line makes ten of the one before: 10^8 values of 250 characters.
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 8; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int n = 1; n < 10; ++n) {
      bomb += ", " + alias;
    }
    bomb += "]\n";
  }
  EXPECT_THAT(problem(bomb), HasSubstr("too many"));
  // Each document is small enough, all of them together are not.
  std::string many;
  for (std::size_t i = 0; i <= kValuesAtMost / 2; ++i) {
    many += "- 1\n---\n";
  }
  Diagnostics problems;
  EXPECT_EQ(read_documents(many, "test.yml", problems), std::nullopt);
  EXPECT_THAT(to_text(problems.at(0)), HasSubstr("too many"));
}

}  // namespace
}  // namespace faultline::yaml
