// [prometheus], and what is expected of its alerts.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "scenario/scenario.h"
#include "scratch.h"

namespace faultline::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Pair;

/// A scenario of which only this is of interest; beside it is the folder of rules of these tests.
class MonitoringOfScenario : public testing::Test {
 protected:
  MonitoringOfScenario() {
    std::filesystem::copy(FAULTLINE_SOURCE_DIR "/tests/harness/scenario/monitoring", folder_ / "monitoring",
                          std::filesystem::copy_options::recursive);
    std::filesystem::create_directories(folder_ / "flows");
    std::ofstream(folder_ / "flows/f.toml")
        << "[flow]\nname = \"f\"\n[[journey]]\nname = \"j\"\n[[journey.step]]\n"
           "request = \"GET /\"\nexpect = [200]\n";
  }

  Scenario read_with(const std::string& more) {
    std::ofstream(folder_ / "s.toml")
        << "[scenario]\nname = \"s\"\n[service]\nuse = \"settler\"\n[[load]]\nflow = \"f\"\nrate = \"5/s\"\n"
           "[[phase]]\nname = \"p\"\nfor = \"1s\"\n"
        << more;
    problems_.clear();
    return read(folder_ / "s.toml", {}, problems_);
  }
  std::string complaints(const std::string& more) {
    read_with(more);
    std::string all;
    for (const Diagnostic& problem : problems_) {
      all += to_text(problem) + "\n";
    }
    return all;
  }

  const Scratch folder_;
  Diagnostics problems_;
};

TEST_F(MonitoringOfScenario, IsReadWithItsRulesAndExpectations) {
  const std::string text =
      "[prometheus]\nthresholds = { ErrorsHigh = 0.5 }\n"
      "[[expect]]\nalert = { name = \"ErrorsHigh\", fires_within = \"8s\", clears_within = \"15s\", to = "
      "\"pager\" }\n"
      "[[expect]]\nalert = { name = \"Absent\", never = true }\n[[expect]]\nalerts = \"none\"\n";
  ASSERT_THAT(complaints(text), IsEmpty());
  const Scenario scenario = read_with(text);
  EXPECT_EQ(scenario.monitoring->suite.alerts.size(), 2U);
  EXPECT_THAT(scenario.monitoring->thresholds, Contains(Pair("ErrorsHigh", 0.5)));
  EXPECT_THAT(scenario.sources, Contains(Key("monitoring/rules.yml"))) << "for a run to keep";
  ASSERT_EQ(scenario.alerts.size(), 3U);
  EXPECT_EQ(scenario.alerts[0].name, "ErrorsHigh");
  EXPECT_EQ(scenario.alerts[0].fires_within, Duration(8s));
  EXPECT_EQ(scenario.alerts[0].clears_within, Duration(15s));
  EXPECT_EQ(scenario.alerts[0].to, "pager");
  EXPECT_TRUE(scenario.alerts[1].never);
  EXPECT_EQ(scenario.alerts[2].name, "");
}

TEST_F(MonitoringOfScenario, IsNotThereUnlessAskedFor) {
  EXPECT_EQ(read_with("").monitoring, std::nullopt);
}

TEST_F(MonitoringOfScenario, SaysWhereTheRulesAreMissed) {
  EXPECT_THAT(complaints("[prometheus]\nrules = \"elsewhere\"\n"),
              HasSubstr("there is no folder 'elsewhere'"));
  EXPECT_THAT(complaints("[prometheus]\nrules = \"./monitoring\"\n"), HasSubstr("there is no folder"))
      << "a run could not keep it";
  std::ofstream(folder_ / "monitoring/rules.yml") << "groups: [";
  EXPECT_THAT(complaints("[prometheus]\n"), HasSubstr("rules.yml:"));
}

TEST_F(MonitoringOfScenario, KnowsTheNames) {
  EXPECT_THAT(
      complaints("[prometheus]\n[[expect]]\nalert = { name = \"ErrorHigh\", never = true }\n"),
      HasSubstr(
          "no rule has an alert 'ErrorHigh' (there are: ErrorsHigh, Absent), did you mean 'ErrorsHigh'?"));
  EXPECT_THAT(complaints("[prometheus]\nthresholds = { ErrorHigh = 1 }\n"),
              HasSubstr("did you mean 'ErrorsHigh'?"));
  EXPECT_THAT(complaints("[prometheus]\nthresholds = { Absent = 1 }\n"),
              HasSubstr("'Absent' compares with no number"));
  EXPECT_THAT(complaints("[prometheus]\n[[expect]]\nalert = { name = \"ErrorsHigh\", to = \"pagers\" }\n"),
              HasSubstr("alertmanager.yml has no receiver 'pagers', did you mean 'pager'?"));
}

TEST_F(MonitoringOfScenario, RefusesExpectationsThatSayNothingOrTooMuch) {
  EXPECT_THAT(complaints("[prometheus]\n[[expect]]\nalert = { name = \"ErrorsHigh\" }\n"),
              HasSubstr("nothing is expected of it"));
  EXPECT_THAT(complaints("[prometheus]\n[[expect]]\nalert = { name = \"ErrorsHigh\", never = true, "
                         "fires_within = \"1s\" }\n"),
              HasSubstr("never fires neither clears nor is told of"));
  EXPECT_THAT(complaints("[prometheus]\n[[expect]]\nalerts = \"some\"\n"), HasSubstr("only \"none\" is"));
  EXPECT_THAT(complaints("[[expect]]\nalerts = \"none\"\n"), HasSubstr("an alert needs [prometheus]"));
  EXPECT_THAT(complaints("[[expect]]\nalert = { name = \"ErrorsHigh\", never = true }\n"),
              HasSubstr("an alert needs [prometheus]"));
}

}  // namespace
}  // namespace faultline::scenario
