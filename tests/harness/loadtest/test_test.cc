#include "loadtest/test.h"

#include <gmock/gmock.h>

#include "reading.h"

namespace faultline::loadtest {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kFlow = R"(
[flow]
name = "f"
[[journey]]
name = "j"
[[journey.step]]
request = "GET /"
name = "home"
check = [{ name = "is fast", within = "1s" }]
measure = [{ rate = "home_seen" }]
)";
const std::string kHead = R"([load_test]
name = "t"
seed = 7
[[phase]]
name = "rise"
for = "1m"
short = "2s"
[[phase]]
name = "peak"
for = "5m"
[[load]]
flow = "f"
rate = { rise = ["0/s", "10/s"], peak = "10/s" }
)";

TEST(LoadTest, IsReadIntoPlainData) {
  const Folder folder(kFlow);
  const LoadTest test = folder.read(kHead + R"(
[thresholds]
http_req_duration = "p(95)<200"
"checks{check:is fast,phase:peak}" = "rate>0.9"
home_seen = "rate>0.9"
[[target]]
metric = "http_req_duration"
target = "p(95)<200"
warning = "p(95)<500"
[limits]
in_flight = 10
past = "wait"
connections = 5
drain = "1s"
[http]
gzip = true
insecure = true
[validity]
late = "5ms"
)");
  EXPECT_EQ(test.name, "t");
  EXPECT_EQ(test.title, "t");
  EXPECT_EQ(test.seed, 7U);
  EXPECT_EQ(test.length(), 6min);
  EXPECT_EQ(test.loads.at(0).course.over("rise"), (load::Level{0, 10}));
  EXPECT_EQ(test.thresholds.size(), 3U);
  EXPECT_EQ(test.targets.at(0).warning.comparison.target, 500);
  EXPECT_EQ(test.limits.in_flight, 10U);
  EXPECT_EQ(test.limits.past, load::DriverLimits::Past::wait);
  EXPECT_EQ(test.limits.drain, 1s);
  EXPECT_EQ(test.http.max_connections, 5U);
  EXPECT_TRUE(test.http.gzip && test.http.tls.insecure);
  EXPECT_EQ(test.validity.late, 5ms);
  EXPECT_EQ(test.sources.size(), 2U) << "itself and its flow, for a run to keep";
}

TEST(LoadTest, HasShortPhasesForCi) {
  const Folder folder(kFlow);
  EXPECT_EQ(folder.read(kHead, true).length(), 2s + 5min);
}

TEST(LoadTest, NamesWhatIsNotThere) {
  const Folder folder(kFlow);
  EXPECT_THAT(folder.mistakes(kHead + "[thresholds]\n'http_reqs{phase:peek}' = 'count>1'\n"),
              ElementsAre("15:27 'http_reqs{phase:peek}': there is no phase 'peek', did you mean 'peak'?"));
  EXPECT_THAT(folder.mistakes(kHead + "[thresholds]\n'http_reqs{name:hom}' = 'count>1'\n"),
              ElementsAre("15:25 'http_reqs{name:hom}': there is no name 'hom', did you mean 'home'?"));
  EXPECT_THAT(folder.mistakes(kHead + "[thresholds]\nhome_sen = 'rate>1'\n"),
              ElementsAre("15:12 there is no metric 'home_sen', did you mean 'home_seen'?"));
  EXPECT_THAT(folder.mistakes(kHead + "[[target]]\nmetric='http_reqs'\ntarget='p(95)<1'\nwarning='rate>1'\n"),
              ElementsAre("16:8 'p(95)<1' is no threshold of a counter"));
  EXPECT_THAT(folder.mistakes(kHead + "[limits]\npast = 'drop'\n"),
              ElementsAre(testing::HasSubstr("15:8 'past' must be one of")));
}

TEST(LoadTest, NamesTagsThatNoSampleCanHave) {
  const Folder folder(std::string(kFlow) + R"(tags = { kind = "read" }
[[journey.step]]
request = "POST /orders"
tags = { kind = "write", size = "big" }
)");
  const auto mistakes = [&](const std::string& selector) {
    return folder.mistakes(
        kHead + "[thresholds]\n'" + selector + "' = '" +
        (selector.starts_with("home_seen") || selector.starts_with("checks") ? "rate" : "count") + ">1'\n");
  };
  EXPECT_THAT(mistakes("http_reqs{kind:write,method:POST,status:201,phase:peak}"), IsEmpty());
  EXPECT_THAT(mistakes("http_reqs{error:redirects,expected_response:false}"), IsEmpty());
  EXPECT_THAT(mistakes("home_seen{kind:read}"), IsEmpty());
  EXPECT_THAT(mistakes("checks{check:is fast,kind:read}"), IsEmpty());
  EXPECT_THAT(mistakes("iterations{journey:j}"), IsEmpty());
  EXPECT_THAT(mistakes("http_reqs{kind:wirte}"),
              ElementsAre("15:27 'http_reqs{kind:wirte}': there is no kind 'wirte', did you mean 'write'?"));
  EXPECT_THAT(
      mistakes("http_reqs{knd:write}"),
      ElementsAre(
          "15:26 'http_reqs{knd:write}': no sample of http_reqs has a tag 'knd', did you mean 'kind'?"));
  EXPECT_THAT(mistakes("home_seen{kind:write}"),
              ElementsAre("15:27 'home_seen{kind:write}': there is no kind 'write'"))
      << "no step with this tag measures it";
  EXPECT_THAT(mistakes("http_reqs{kind:read,size:big}"),
              ElementsAre("15:35 'http_reqs{kind:read,size:big}': no sample has all of these tags"));
  EXPECT_THAT(mistakes("iterations{name:home}"),
              ElementsAre("15:27 'iterations{name:home}': no sample of iterations has a tag 'name'"));
  EXPECT_THAT(mistakes("http_reqs{status:20O}"),
              ElementsAre(testing::StartsWith("15:27 'http_reqs{status:20O}': there is no status '20O'")));
  EXPECT_THAT(folder.mistakes(kHead + "[[target]]\nmetric='http_req_duration{kind:x}'\ntarget='p(95)<1'\n"
                                      "warning='p(95)<2'\n"),
              ElementsAre("15:8 'http_req_duration{kind:x}': there is no kind 'x'"));
}

TEST(LoadTest, WantsALoadAndAPhase) {
  const Folder folder(kFlow);
  EXPECT_THAT(folder.mistakes("[load_test]\nname='t'\n"),
              ElementsAre(testing::HasSubstr("'phase' is missing"), testing::HasSubstr("'load' is missing")));
}

TEST(LoadTest, OfTheSuiteCanBeRead) {
  int tests = 0;
  for (const auto& entry : std::filesystem::directory_iterator(FAULTLINE_SOURCE_DIR "/suites/load")) {
    Diagnostics problems;
    const LoadTest test = read(entry.path(), {.changes = {}, .brief = true}, problems);
    for (const Diagnostic& problem : problems) {
      ADD_FAILURE() << to_text(problem);
    }
    EXPECT_EQ(test.name, entry.path().stem());
    EXPECT_LE(test.length(), 30s) << test.name << ": its short length is for CI";
    EXPECT_FALSE(test.thresholds.empty()) << test.name;
    EXPECT_FALSE(test.targets.empty()) << test.name;
    ++tests;
  }
  EXPECT_EQ(tests, 8);
}

// The blocks of TOML in docs/load.md: the first is a load test, the second its flow.
TEST(LoadTest, IsReadAsItIsDocumented) {
  std::ifstream file(FAULTLINE_SOURCE_DIR "/docs/load.md");
  const std::string all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string opening = "```toml\n";
  std::vector<std::string> blocks;
  for (auto at = all.find(opening); at != std::string::npos; at = all.find(opening, at + 1)) {
    const auto begin = at + opening.size();
    blocks.push_back(all.substr(begin, all.find("```", begin) - begin));
  }
  ASSERT_EQ(blocks.size(), 2U);
  const Folder folder(blocks[1]);
  EXPECT_THAT(folder.mistakes(blocks[0]), IsEmpty());
}

}  // namespace
}  // namespace faultline::loadtest
