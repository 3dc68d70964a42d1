#include "core/table.h"

#include <gtest/gtest.h>

namespace faultline {
namespace {

using namespace std::chrono_literals;

// "line:column message, suggestion" of the only mistake.
std::string only(const Diagnostics& problems) {
  if (problems.size() != 1) {
    std::string all = std::to_string(problems.size()) + " mistakes:";
    for (const auto& problem : problems) {
      all += "\n" + to_text(problem);
    }
    return all;
  }
  const Diagnostic& p = problems.front();
  return std::to_string(p.place.line) + ":" + std::to_string(p.place.column) + " " + p.message +
         (p.suggestion.empty() ? "" : ", " + p.suggestion);
}

TEST(Table, ReadsEveryShape) {
  Diagnostics problems;
  Table table = Table::parse(R"(
text = "x"
integer = 3
number = 2.5
yes = true
wait = "200ms"
rate = "20/s"
size = "64KiB"
share = "1%"
one = "a"
many = ["a", "b"]
[inner]
x = 1
[[list]]
[[list]]
)",
                             "t.toml", problems);
  EXPECT_EQ(table.text("text"), "x");
  EXPECT_EQ(table.integer("integer"), 3);
  EXPECT_EQ(table.number("number"), 2.5);
  EXPECT_EQ(table.number("integer"), 3.0) << "an integer is a number too";
  EXPECT_EQ(table.boolean("yes"), true);
  EXPECT_EQ(table.duration("wait"), Duration(200ms));
  EXPECT_EQ(table.rate("rate"), Rate{20});
  EXPECT_EQ(table.size("size"), Size{65536});
  EXPECT_EQ(table.ratio("share"), Ratio{0.01});
  EXPECT_EQ(table.texts("one"), std::vector<std::string>{"a"});
  EXPECT_EQ(table.texts("many"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.table("inner")->integer("x"), 1);
  EXPECT_EQ(table.tables("list").size(), 2U);
  EXPECT_EQ(table.text("absent"), std::nullopt);
  table.finish();
  EXPECT_TRUE(problems.empty()) << only(problems);
}

TEST(Table, NamesTheNearestKeyForOneThatNobodyAskedFor) {
  Diagnostics problems;
  Table table = Table::parse("during = \"x\"\nduting = \"y\"\n", "t.toml", problems);
  table.text("during");
  table.text("inject");
  table.finish();
  EXPECT_EQ(only(problems), "2:1 unknown key 'duting', did you mean 'during'?");
}

TEST(Table, PointsAtAValueOfTheWrongType) {
  Diagnostics problems;
  Table table = Table::parse("a = 1\nwait = 200\n", "t.toml", problems);
  EXPECT_EQ(table.duration("wait"), std::nullopt);
  EXPECT_EQ(only(problems),
            "2:8 'wait' must be a string with a unit: a duration such as \"200ms\", \"1.5s\" or \"2m\"");
}

TEST(Table, PointsAtAQuantityThatDoesNotParse) {
  Diagnostics problems;
  Table table = Table::parse("wait = \"200msec\"\n", "t.toml", problems);
  EXPECT_EQ(table.duration("wait"), std::nullopt);
  EXPECT_EQ(only(problems), "1:8 '200msec' is not a duration such as \"200ms\", \"1.5s\" or \"2m\"");
}

TEST(Table, SuggestsAWordOfTheAllowedOnes) {
  Diagnostics problems;
  Table table = Table::parse("kind = \"sympton\"\n", "t.toml", problems);
  EXPECT_EQ(table.one_of("kind", {"symptom", "diagnosis"}), std::nullopt);
  EXPECT_EQ(only(problems),
            "1:8 'kind' must be one of symptom, diagnosis, not 'sympton', did you mean 'symptom'?");
}

TEST(Table, SaysThatAKeyIsMissingAndWhichMayBeItsMisspelling) {
  Diagnostics problems;
  Table table = Table::parse("[phase]\nnaem = \"x\"\n", "t.toml", problems);
  Table phase = *table.table("phase");
  EXPECT_EQ(phase.required_text("name"), "");
  EXPECT_EQ(only(problems), "1:1 'name' is missing, is 'naem' a misspelling of it?");
}

TEST(Table, ReportsASyntaxErrorWithItsPlace) {
  Diagnostics problems;
  Table::parse("a = 1\nb = \n", "t.toml", problems);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].place.line, 2);
  EXPECT_GT(problems[0].place.column, 1);
}

TEST(Table, ReportsAFileThatCannotBeRead) {
  Diagnostics problems;
  const Table table = Table::parse_file("/nonexistent/x.toml", problems);
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(only(problems), "0:0 cannot be read");
}

TEST(Table, PlacesAnErrorInsideAStringAtItsColumn) {
  Diagnostics problems;
  Table table = Table::parse("that = \"rate < x\"\n", "t.toml", problems);
  const auto value = table.get("that");
  EXPECT_EQ(value->place_in_text(7).column, 16) << "the 'x' of: that = \"rate < x\"";
}

TEST(Table, TakesValuesInPlaceOfTheFiles) {
  Diagnostics problems;
  Table table = Table::parse("[service]\nuse = \"a\"\n[[phase]]\nname = \"x\"\n[[phase]]\nname = \"y\"\n",
                             "t.toml", problems);
  table.set({"service.env.DEBUG", "0"});
  table.set({"service.use", "plain words"});
  table.set({"phase.y.for", "\"3s\""});
  table.set({"phase.0.for", "2s"});
  EXPECT_EQ(table.table("service")->table("env")->integer("DEBUG"), 0);
  EXPECT_EQ(table.table("service")->text("use"), "plain words");
  EXPECT_EQ(table.tables("phase")[0].duration("for"), Duration(2s));
  EXPECT_EQ(table.tables("phase")[1].duration("for"), Duration(3s));
  EXPECT_TRUE(problems.empty()) << only(problems);
  Table again = Table::parse(table.to_toml(), "again.toml", problems);
  EXPECT_EQ(again.tables("phase")[1].duration("for"), Duration(3s));
}

TEST(Table, SaysWhichSettingFromTheCommandLineIsWrong) {
  Diagnostics problems;
  Table table = Table::parse("[service]\nuse = \"a\"\n", "t.toml", problems);
  table.set({"service.sue", "1"});
  Table service = *table.table("service");
  service.text("use");
  service.finish();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].place.file, "--set service.sue=1");
  EXPECT_EQ(problems[0].message, "unknown key 'sue'");
  table.set({"phase.incident.for", "1s"});
  EXPECT_EQ(problems.size(), 1U) << "a table that is not there yet is made";
  table.set({"service.use.deeper", "1"});
  EXPECT_EQ(problems.back().message, "there is no 'use'");
}

TEST(Table, RefusesDates) {
  Diagnostics problems;
  Table table = Table::parse("name = 2026-01-01\n", "t.toml", problems);
  EXPECT_EQ(table.text("name"), std::nullopt);
  EXPECT_EQ(only(problems), "1:8 'name' cannot be a date or a time");
}

TEST(Table, KeepsTheOrderOfTheFile) {
  Diagnostics problems;
  const Table table = Table::parse("z = 1\na = 2\nm = 3\n", "t.toml", problems);
  EXPECT_EQ(table.keys(), (std::vector<std::string>{"z", "a", "m"}));
}

}  // namespace
}  // namespace faultline
