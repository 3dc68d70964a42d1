// What docs/slo.md shows can be read.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "slo/openslo.h"
#include "slo/toml.h"

namespace faultline::slo {
namespace {

// The first block of that language.
std::string block(const std::string& language) {
  std::ifstream file(FAULTLINE_SOURCE_DIR "/docs/slo.md");
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string opening = "```" + language + "\n";
  const auto begin = all.find(opening) + opening.size();
  return all.substr(begin, all.find("```", begin) - begin);
}

TEST(Documentation, OfTomlCanBeRead) {
  Diagnostics problems;
  Table file = Table::parse(block("toml"), "docs/slo.md", problems);
  EXPECT_EQ(read_toml(file).size(), 2U);
  EXPECT_TRUE(problems.empty()) << to_text(problems.front());
}

TEST(Documentation, OfOpenSloCanBeRead) {
  Diagnostics problems;
  const auto objectives = read_openslo(block("yaml"), "docs/slo.md", problems);
  ASSERT_TRUE(problems.empty()) << to_text(problems.front());
  EXPECT_EQ(to_word(objectives.at(0).good), "requests-within-200ms");
}

}  // namespace
}  // namespace faultline::slo
