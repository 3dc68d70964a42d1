#include "import/toml_text.h"

#include <gmock/gmock.h>

#include "core/table.h"

namespace faultline::import {
namespace {

std::string read(const std::string& value) {
  Diagnostics problems;
  Table file = Table::parse("text = " + value, "test.toml", problems);
  return problems.empty() ? file.text("text").value_or("no text") : to_text(problems.front());
}

TEST(TomlText, IsReadAsWhatItWas) {
  for (const std::string text :
       {"", "plain", "with \"quotes\"", "a\\b", "it's \"both\" \\", "line\nline", "tab\tdel\x7F",
        "{\n  \"a\": 1\n}", "'''", "\nfirst", "ends with '", "crlf\r\n", "${a} ü €"}) {
    EXPECT_EQ(read(in_quotes(text)), text);
    EXPECT_EQ(read(block(text)), text);
  }
  EXPECT_EQ(read(in_quotes(std::string("\0", 1))), std::string("\0", 1));
}

TEST(TomlText, IsWrittenAsPeopleWould) {
  EXPECT_EQ(in_quotes("/data/id"), "\"/data/id\"");
  EXPECT_EQ(in_quotes("token=\"\\w+\""), "'token=\"\\w+\"'");
  EXPECT_EQ(key("warm-up"), "warm-up");
  EXPECT_EQ(key("Warm up"), "\"Warm up\"");
  EXPECT_EQ(key(""), "\"\"");
}

}  // namespace
}  // namespace faultline::import
