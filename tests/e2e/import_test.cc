// faultline import: what is written where, what is said, and the exit status.

#include <gmock/gmock.h>

#include "command.h"

namespace faultline::e2e {
namespace {

using ::testing::HasSubstr;

const char* const kScript =
    "config:\n"
    "  phases: [{ duration: 1, arrivalRate: 5, name: Short }]\n"
    "  processor: a.js\n"
    "scenarios:\n"
    "  - flow: [get: { url: /a }]\n";

TEST(Import, WritesBothFilesAndListsTheRest) {
  const Scratch scratch;
  const std::string out = (scratch / "out").string();
  const Said said = run({"import", "artillery", scratch.write("shop.yml", kScript), "--out", out});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_EQ(said.out, out + "/flows/shop.toml\n" + out +
                          "/load/shop.toml\n"
                          "  line 3: 'processor' of config: is JavaScript, which is not carried over\n"
                          "1 thing was not carried over\n");
  EXPECT_THAT(text_of(scratch / "out/load/shop.toml"), HasSubstr("flow = \"shop\""));
}

TEST(Import, ReplacesNothingUnlessItIsToldTo) {
  const Scratch scratch;
  const std::string script = scratch.write("shop.yml", kScript), out = (scratch / "out").string();
  ASSERT_EQ(run({"import", "artillery", script, "--out", out}).status, 0);
  const Said again = run({"import", "artillery", script, "--out", out});
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.err, HasSubstr("is there already; --force replaces it"));
  EXPECT_EQ(run({"import", "artillery", script, "--out", out, "--force"}).status, 0);
}

TEST(Import, OfBrokenYamlWritesNothing) {
  const Scratch scratch;
  const Said said = run(
      {"import", "artillery", scratch.write("shop.yml", "config: [\n"), "--out", (scratch / "out").string()});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.err, HasSubstr("shop.yml:2:1: error: this is no YAML"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

}  // namespace
}  // namespace faultline::e2e
