#include "load/template.h"

#include <gmock/gmock.h>

#include <map>
#include <string>

#include "core/table.h"
#include "load/json_body.h"

namespace faultline::load {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const Names kNames{
    .known = {{"name", Names::Kind::text}, {"count", Names::Kind::integer}}, .captured = {}, .secrets = true};

// `x` of a TOML text, expanded with these values.
std::string expanded(std::string_view toml, Encoding encoding,
                     const std::map<std::string, std::string>& values) {
  Diagnostics problems;
  Table table = Table::parse(toml, "t", problems);
  const auto text = read_template(table.get("x").value(), kNames, problems);
  EXPECT_THAT(problems, IsEmpty()) << to_text(problems.front());
  const auto result = expand(text.value(), encoding, [&](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second;
  });
  return result.value_or("(no value)");
}

std::string body(std::string_view toml, const std::map<std::string, std::string>& values) {
  Diagnostics problems;
  Table table = Table::parse(toml, "t", problems);
  const auto text = read_json_body(table.get("x").value(), kNames, problems);
  EXPECT_THAT(problems, IsEmpty()) << to_text(problems.front());
  const auto look_up = [&](const std::string& name) { return &values.at(name); };
  return expand(text.value(), Encoding::json, look_up).value();
}

Diagnostics problems_of(std::string_view toml) {
  Diagnostics problems;
  Table table = Table::parse(toml, "t", problems);
  read_template(table.get("x").value(), kNames, problems);
  return problems;
}

TEST(Template, PutsValuesWhereTheirPlaceholdersStand) {
  EXPECT_EQ(expanded("x = 'a ${name} b ${count}${name}'", Encoding::plain, {{"name", "N"}, {"count", "7"}}),
            "a N b 7N");
}

TEST(Template, KnowsEveryVariableOfTheEnvironment) {
  EXPECT_EQ(expanded("x = '${env:HOOK}'", Encoding::plain, {{"env:HOOK", "http://h"}}), "http://h");
}

TEST(Template, LeavesAnEscapedPlaceholderAlone) {
  EXPECT_EQ(expanded("x = 'a $${name} $5'", Encoding::plain, {}), "a ${name} $5");
}

TEST(Template, HasNoTextWhenAValueIsMissing) {
  EXPECT_EQ(expanded("x = 'a ${name}'", Encoding::plain, {}), "(no value)");
}

TEST(Template, KeepsAValueFromChangingWhatSurroundsIt) {
  EXPECT_EQ(expanded("x = '/jobs/${name}/run'", Encoding::target, {{"name", "a/b?c d"}}),
            "/jobs/a%2Fb%3Fc%20d/run");
  EXPECT_EQ(expanded("x = '${name}'", Encoding::header, {{"name", "a\r\nEvil: 1"}}), "a  Evil: 1");
  EXPECT_EQ(expanded("x = '{\"n\":\"${name}\"}'", Encoding::json, {{"name", "q\"\n\\"}}),
            R"({"n":"q\"\n\\"})");
}

TEST(Template, PointsAtAnUnknownPlaceholder) {
  const Diagnostics problems = problems_of("x = 'a ${nmae} b'");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].place.column, 8) << "the column of the dollar sign";
  EXPECT_EQ(problems[0].suggestion, "did you mean 'name'?");
}

TEST(Template, RefusesAPlaceholderWithoutAnEnd) {
  const Diagnostics problems = problems_of("x = 'a ${name'");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "this placeholder has no end");
  EXPECT_EQ(problems[0].place.column, 8);
}

TEST(JsonBody, IsMadeOfATable) {
  EXPECT_EQ(body("x = { b = 'a\"${name}', n = [1, 2.5, true], empty = {}, none = [] }", {{"name", "\"N\""}}),
            R"({"b":"a\"\"N\"","n":[1,2.5,true],"empty":{},"none":[]})");
}

TEST(JsonBody, WritesAnIntegerThatStandsAloneAsANumber) {
  EXPECT_EQ(body("x = { alone = '${count}', within = 'c${count}' }", {{"count", "7"}}),
            R"({"alone":7,"within":"c7"})");
}

TEST(JsonBody, IsTakenAsWrittenWhenItIsText) {
  EXPECT_EQ(body("x = '{ \"n\": ${count}, \"s\": \"${name}\" }'", {{"count", "7"}, {"name", "\"N"}}),
            R"({ "n": 7, "s": "\"N" })");
}

TEST(JsonBody, RefusesTextThatIsNotJson) {
  Diagnostics problems;
  Table table = Table::parse("x = '{ \"n\": ${name} oops }'", "t", problems);
  EXPECT_FALSE(read_json_body(table.get("x").value(), kNames, problems));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "'json' is not JSON");
}

}  // namespace
}  // namespace faultline::load
