// The incident played for real: the verdict can be trusted in both directions.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "command.h"

namespace faultline::e2e {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// Where the reports go, by option.
std::vector<std::string> reports_in(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  const std::string in = directory.string() + "/";
  return {"--json", in + "results.json", "--junit",       in + "junit.xml", "--markdown", in + "summary.md",
          "--html", in + "report.html",  "--annotations", "github"};
}

// Beside a copy of the suites that it refers to. All reports are made.
struct Played {
  Scratch scratch;
  Said said;
  std::filesystem::path directory = scratch / "run";

  explicit Played(const std::string& scenario, std::vector<std::string> more = {},
                  const std::string& program = "faultline") {
    add_suites(scratch);
    std::vector<std::string> arguments = {"run", scratch.write("quick.toml", scenario), "--out",
                                          directory.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto reports = reports_in(scratch / "then");
    arguments.insert(arguments.end(), reports.begin(), reports.end());
    said = run(arguments, program);
  }
  json result() const { return json::parse(text_of(directory / "result.json")); }
};

std::vector<std::string> annotations_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) {
    if (line.starts_with("::")) {
      lines.push_back(line);
    }
  }
  return lines;
}

// `faultline report` of a run makes the same reports as the run did, byte by byte, wherever its directory is by now.
void expect_reported_alike(const Played& played, const std::filesystem::path& directory) {
  const std::filesystem::path then = played.scratch / "then", now = played.scratch / "now";
  std::vector<std::string> arguments = {"report", directory.string()};
  const auto reports = reports_in(now);
  arguments.insert(arguments.end(), reports.begin(), reports.end());
  const Said again = run(arguments);
  EXPECT_EQ(again.status, played.said.status) << again.err;
  EXPECT_THAT(again.out, HasSubstr("left in " + directory.string() + "\n"));
  EXPECT_EQ(annotations_of(again.out), annotations_of(played.said.out));
  for (const char* name : {"results.json", "junit.xml", "summary.md", "report.html"}) {
    EXPECT_EQ(text_of(now / name), text_of(then / name)) << name;
    EXPECT_GT(text_of(now / name).size(), 1000U) << name;
  }
  for (const char* name : {"junit.xml", "summary.md", "report.html"}) {
    EXPECT_EQ(text_of(directory / name), text_of(then / name)) << name << " in the run's directory";
  }
}

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

  expect_reported_alike(played, played.directory);
  EXPECT_EQ(json::parse(text_of(played.scratch / "then/results.json"))["results"][0], result);
  EXPECT_EQ(annotations_of(played.said.out).size(), 0U);
}

TEST(RedisDown, FailsWhenTheFallbackIsTakenAwayAndSaysWhereAndByHowMuch) {
  const Played played(quick(), {"--set", "service.env.RATE_LIMIT_FALLBACK=0"});
  EXPECT_EQ(played.said.status, 1) << played.said.out << played.said.err;
  EXPECT_THAT(played.said.out, ContainsRegex("FAIL expectation in incident: http_req_failed rate < 1%\n"
                                             " +[0-9.]+%, wanted < 1% \\([0-9.]+ points over\\)"));
  EXPECT_THAT(played.said.out, ContainsRegex("run it again: faultline run .*RATE_LIMIT_FALLBACK=0"));
  const auto annotations = annotations_of(played.said.out);
  ASSERT_GE(annotations.size(), 2U);
  EXPECT_EQ(
      annotations[0].find("::error file=" + (played.scratch / "quick.toml").string() + ",title=quick%3A "),
      0U)
      << annotations[0];
  std::filesystem::rename(played.directory, played.scratch / "elsewhere");
  expect_reported_alike(played, played.scratch / "elsewhere");
}

TEST(RedisDown, TurnsRedWhenTheProxiesIgnoreEveryRule) {
  const Played played(quick(), {}, "faultline-ignoring-rules");
  EXPECT_EQ(played.said.status, 4) << "the fault never acted\n" << played.said.out << played.said.err;
  EXPECT_THAT(played.said.out, HasSubstr("redis-refuses"));
}

}  // namespace
}  // namespace faultline::e2e
