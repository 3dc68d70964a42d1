#include "scenario/count.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "scenario/scenario.h"
#include "scratch.h"

namespace faultline::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Reads redis-down with one expectation more.
class CountTest : public ::testing::Test {
 protected:
  CountTest() {
    const std::filesystem::path suites = FAULTLINE_SOURCE_DIR "/suites";
    for (const char* folder : {"flows", "slo"}) {
      std::filesystem::copy(suites / folder, directory_ / folder);
    }
  }

  Scenario read_with(const std::string& lines) {
    std::ifstream in(FAULTLINE_SOURCE_DIR "/tests/harness/scenario/incident.toml");
    std::ofstream out(directory_ / "s.toml");
    out << in.rdbuf() << "\n[[expect]]\n" << lines;
    out.close();
    problems_.clear();
    return read(directory_ / "s.toml", {}, problems_);
  }
  std::string problems() const {
    std::string all;
    for (const Diagnostic& problem : problems_) {
      all += to_text(problem) + "\n";
    }
    return all;
  }
  std::string problems_with(const std::string& lines) {
    read_with(lines);
    return problems();
  }

  Scratch directory_;
  Diagnostics problems_;
};

TEST_F(CountTest, IsReadWithItsRanges) {
  const Scenario scenario = read_with(R"(
name    = "a job exists once"
sql     = "SELECT count(*) FROM jobs WHERE name = ${arrival.name}"
of      = "POST /api/v1/jobs"
acked   = 1
unknown = "0..1"
failed  = "2.."
within  = "3s"
)");
  ASSERT_THAT(problems(), IsEmpty());
  ASSERT_FALSE(scenario.counts.empty());
  const Count& count = scenario.counts.back();
  EXPECT_EQ(to_text(*count.acked), "1");
  EXPECT_EQ(to_text(*count.unknown), "0..1");
  EXPECT_EQ(to_text(*count.failed), "2..");
  EXPECT_TRUE(count.failed->holds(99));
  EXPECT_FALSE(count.failed->holds(1));
  EXPECT_EQ(count.within, 3s);
  EXPECT_EQ(std::get<SqlQuestion>(count.question).statement.pieces.size(), 2U);
}

TEST_F(CountTest, AsksTheServiceForANumberOfItsAnswer) {
  const Scenario scenario = read_with(R"(
name    = "one"
http    = "GET /api/v1/jobs/${arrival.jobId}?n=${arrival}"
pointer = "/data/total"
headers = { "X-Name" = "${arrival.name}" }
journey = "read back"
acked   = 1
)");
  ASSERT_THAT(problems(), IsEmpty());
  const auto& question = std::get<HttpQuestion>(scenario.counts.back().question);
  EXPECT_EQ(question.method, "GET");
  EXPECT_EQ(question.target.pieces.front().text, "/api/v1/jobs/");
  EXPECT_EQ(question.headers.size(), 1U);
}

TEST_F(CountTest, RefusesWhatCannotBeAsked) {
  EXPECT_THAT(problems_with("name = 'n'\nsql = 'SELECT ${arrival.nam}'\nacked = 1\n"),
              HasSubstr("did you mean 'arrival.name'?"));
  EXPECT_THAT(problems_with("name = 'n'\nsql = 'SELECT 1'\n"), HasSubstr("'acked' is missing"));
  EXPECT_THAT(problems_with("name = 'n'\nsql = 'SELECT 1'\nacked = '2..1'\n"),
              HasSubstr("'acked' is a number, or a range such as \"0..1\""));
  EXPECT_THAT(problems_with("name = 'n'\nsql = 'SELECT 1'\nacked = -1\n"), HasSubstr("'acked' is a number"));
  EXPECT_THAT(problems_with("name = 'n'\nsql = 'SELECT 1'\nredis = ['PING']\nacked = 1\n"),
              HasSubstr("a count is asked for in one way"));
  EXPECT_THAT(problems_with("name = 'n'\nsql = 'SELECT 1'\nof = 'POST /api/v1/job'\nacked = 1\n"),
              HasSubstr("did you mean 'POST /api/v1/jobs'?"));
  EXPECT_THAT(problems_with("name = 'n'\nhttp = 'GET'\nacked = 1\n"),
              HasSubstr("a request is written \"GET /path\""));
  EXPECT_THAT(problems_with("name = 'n'\nhttp = 'GET /'\npointer = 'total'\nacked = 1\n"),
              HasSubstr("a JSON pointer begins with /"));
  EXPECT_THAT(problems_with("name = 'n'\nredis = 'PING'\nacked = 1\n"), HasSubstr("a command is an array"));
}

TEST_F(CountTest, RefusesNumbersOfWhatIsNotThere) {
  EXPECT_THAT(problems_with("phase = 'steady'\nthat = 'postgre calls_per_arrival < 3'\n"),
              HasSubstr("the scenario has no dependency 'postgre', did you mean 'postgres'?"));
  EXPECT_THAT(problems_with("phase = 'incident'\nthat = 'redis calls_per_arrival < 2 x steedy'\n"),
              HasSubstr("there is no phase 'steedy', did you mean 'steady'?"));
  EXPECT_THAT(problems_with("recovered = { within = '1s', when = 'redis calls_per_arrival < 3' }\n"),
              HasSubstr("is of a phase, and cannot be told of a window"));
}

}  // namespace
}  // namespace faultline::scenario
