#include "core/diagnostic.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace faultline {
namespace {

TEST(DidYouMean, NamesTheNearestWithinAFewEdits) {
  const std::vector<std::string> keys = {"during", "duration", "match", "inject"};
  EXPECT_EQ(did_you_mean("duting", keys), "did you mean 'during'?");
  EXPECT_EQ(did_you_mean("amtch", keys), "did you mean 'match'?") << "a swap of neighbours is one edit";
  EXPECT_EQ(did_you_mean("colour", keys), "") << "nothing is near";
  EXPECT_EQ(did_you_mean("x", {}), "");
}

TEST(Diagnostic, ShowsThePlaceAndTheOffendingLine) {
  const auto path = std::filesystem::temp_directory_path() / "diagnostic_test.toml";
  std::ofstream(path) << "[scenario]\n\tnäme = \"x\"\n";
  const std::string name = path.string();
  EXPECT_EQ(to_text(Diagnostic{{name, 2, 9}, "not a name", "did you mean 'y'?"}),
            name + ":2:9: error: not a name, did you mean 'y'?\n  \tnäme = \"x\"\n  \t       ^");
  std::filesystem::remove(path);
}

TEST(Diagnostic, OfAWholeFileHasNoLine) {
  EXPECT_EQ(to_text(Diagnostic{{"missing.toml", 0, 0}, "cannot be read", ""}),
            "missing.toml: error: cannot be read");
}

}  // namespace
}  // namespace faultline
