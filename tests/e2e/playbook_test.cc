// The incident played for real: the verdict can be trusted in both directions.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "command.h"

namespace faultline::e2e {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// Beside a copy of the suites that it refers to.
struct Played {
  Scratch scratch;
  Said said;
  std::filesystem::path directory = scratch / "run";

  explicit Played(const std::string& scenario, std::vector<std::string> more = {},
                  const std::string& program = "faultline") {
    add_suites(scratch);
    std::vector<std::string> arguments = {"run", scratch.file("quick.toml", scenario), "--out",
                                          directory.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    said = run(arguments, program);
  }
  json result() const { return json::parse(text_of(directory / "result.json")); }
};

TEST(RedisDown, PassesOnTheHardenedServiceAndIsJudgedAlikeFromItsJournal) {
  const Played played(quick());
  ASSERT_EQ(played.said.status, 0) << played.said.out << played.said.err;
  EXPECT_THAT(played.said.out,
              ContainsRegex("scenario +verdict +recovery +steady +incident +recovery +budget"));
  EXPECT_THAT(played.said.out, ContainsRegex("quick +held +[0-9.]+ m?s"));
  const json result = played.result();
  EXPECT_EQ(result["schema"], "faultline.result/1");
  EXPECT_GT(result["start_up"].size(), 5U) << "the breakdown of the start";

  const std::string journal = text_of(played.directory / "journal.ndjson");
  EXPECT_THAT(journal, AllOf(ContainsRegex("\"dependency\":\"postgres\".*\"calls\":.*\"INSERT INTO"),
                             ContainsRegex("\"dependency\":\"redis\".*\"calls\":.*\"GET "),
                             ContainsRegex("\"dependency\":\"stripe\".*\"calls\":.*\"GET /v1/charges\"")));
  EXPECT_EQ(journal.find("not framed"), std::string::npos) << "the proxies understood everything";

  const Said again = run({"report", played.directory.string()});
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out, HasSubstr("held"));
}

TEST(RedisDown, FailsWhenTheFallbackIsTakenAwayAndSaysWhereAndByHowMuch) {
  const Played played(quick(), {"--set", "service.env.RATE_LIMIT_FALLBACK=0"});
  EXPECT_EQ(played.said.status, 1) << played.said.out << played.said.err;
  EXPECT_THAT(played.said.out, ContainsRegex("FAIL expectation in incident: http_req_failed rate < 1%\n"
                                             " +[0-9.]+%, wanted < 1% \\([0-9.]+ points over\\)"));
  EXPECT_THAT(played.said.out, ContainsRegex("run it again: faultline run .*RATE_LIMIT_FALLBACK=0"));
}

TEST(RedisDown, FailsWithoutItsFaultSinceTheSymptomIsNeverSeen) {
  const Played played(quick({{part_of_quick("fault"), ""}}));
  EXPECT_EQ(played.said.status, 1) << played.said.out << played.said.err;
  EXPECT_THAT(played.said.out, HasSubstr("FAIL symptom"));
}

TEST(RedisDown, FailsWithoutItsMitigation) {
  const Played played(quick({{part_of_quick("mitigation"), ""}}));
  EXPECT_EQ(played.said.status, 1) << played.said.out << played.said.err;
  EXPECT_THAT(played.said.out, HasSubstr("FAIL recovery"));
}

TEST(RedisDown, TurnsRedWhenTheProxiesIgnoreEveryRule) {
  const Played played(quick(), {}, "faultline-ignoring-rules");
  EXPECT_EQ(played.said.status, 4) << "the fault never acted\n" << played.said.out << played.said.err;
  EXPECT_THAT(played.said.out, HasSubstr("redis-refuses"));
}

}  // namespace
}  // namespace faultline::e2e
