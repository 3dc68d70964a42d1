// docs/from-k6-and-artillery.md holds scripts of others beside files of ours: what it says of both must be so.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "imported.h"

namespace faultline::import {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string documentation() {
  std::ifstream file(FAULTLINE_SOURCE_DIR "/docs/from-k6-and-artillery.md");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The blocks of one language, in their order.
std::vector<std::string> blocks(const std::string& language) {
  const std::string all = documentation(), opening = "```" + language + "\n", closing = "```\n";
  std::vector<std::string> found;
  for (auto at = all.find(opening); at != std::string::npos; at = all.find(opening, at)) {
    at += opening.size();
    const auto end = all.find(closing, at);
    found.push_back(all.substr(at, end - at));
    at = end + closing.size();
  }
  return found;
}

TEST(Documentation, ShowsFilesThatAreRead) {
  const auto files = blocks("toml");
  ASSERT_THAT(files, SizeIs(4)) << "a flow and a load test, of each";
  for (const auto& [flow, name] : {std::pair<std::size_t, std::string>{0, "orders"}, {2, "shop"}}) {
    Diagnostics problems;
    const loadtest::LoadTest test = read_files(files[flow + 1], files[flow], name, problems);
    EXPECT_THAT(problems, IsEmpty()) << (problems.empty() ? "" : to_text(problems.front()));
    EXPECT_EQ(test.name, name);
  }
}

TEST(Documentation, ShowsWhatAScriptOfArtilleryBecomes) {
  const auto scripts = blocks("yaml"), files = blocks("toml");
  ASSERT_THAT(scripts, SizeIs(1));
  ASSERT_THAT(files, SizeIs(4));
  const Imported shop = imported(scripts[0]);
  ASSERT_THAT(shop.problems, IsEmpty());
  EXPECT_EQ(shop.files.flow, files[2]);
  EXPECT_EQ(shop.files.load_test, files[3]);
  for (const Note& note : shop.files.notes) {
    EXPECT_THAT(documentation(),
                HasSubstr("  line " + std::to_string(note.line) + ": " + note.what + ": " + note.why + "\n"));
  }
}

}  // namespace
}  // namespace faultline::import
