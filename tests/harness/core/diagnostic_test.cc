#include "core/diagnostic.h"

#include <gtest/gtest.h>

#include "scratch.h"

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
  const Scratch directory;
  const std::string name = directory.write("diagnostic_test.toml", "[scenario]\n\tnäme = \"x\"\n");
  EXPECT_EQ(to_text(Diagnostic{{name, 2, 9}, "not a name", "did you mean 'y'?"}),
            name + ":2:9: error: not a name, did you mean 'y'?\n  \tnäme = \"x\"\n  \t       ^");
}

TEST(Diagnostic, OfAWholeFileHasNoLine) {
  EXPECT_EQ(to_text(Diagnostic{{"missing.toml", 0, 0}, "cannot be read", ""}),
            "missing.toml: error: cannot be read");
}

}  // namespace
}  // namespace faultline
