// The file that [scenario] slo names: where it is found, in which format, and the levels beside the objectives.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "scenario/scenario.h"
#include "scratch.h"

namespace faultline::scenario {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::filesystem::path kSuites = FAULTLINE_SOURCE_DIR "/suites";

constexpr const char* kOpenSlo = R"(apiVersion: openslo/v1
kind: SLO
metadata: { name: availability, annotations: { faultline.dev/indicator: requests } }
spec:
  indicator: { spec: { ratioMetric: { good: {}, total: {} } } }
  budgetingMethod: Occurrences
  objectives: [{ target: 0.99 }]
)";

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// DIRECTORY/suite/s.toml, which is redis-down, with its flows beside it and no SLO file.
class SloFile : public ::testing::Test {
 protected:
  SloFile() {
    std::filesystem::copy(kSuites / "flows", directory_ / "flows");
    directory_.write("suite/s.toml",
                     text_of_file(FAULTLINE_SOURCE_DIR "/tests/harness/scenario/incident.toml"));
  }

  // With this in the place of slo = "settler".
  Scenario read_with(const std::string& slo = "settler", const std::string& file = "suite/s.toml") {
    problems_.clear();
    return read(directory_ / file, {{"scenario.slo", slo}}, problems_);
  }
  std::string problems() const {
    std::string all;
    for (const Diagnostic& problem : problems_) {
      all += to_text(problem) + "\n";
    }
    return all;
  }
  // Of a level of these lines, in a file with the objective `availability`.
  std::string problems_with_level(const std::string& lines) {
    directory_.write("slo/settler.toml",
                     "[[slo]]\nname = 'availability'\ntarget = '99%'\n[[level]]\n" + lines);
    read_with();
    return problems();
  }

  Scratch directory_;
  Diagnostics problems_;
};

TEST_F(SloFile, MayBeTomlOrOpenSlo) {
  directory_.write("slo/settler.toml", "[[slo]]\nname = 'availability'\ntarget = '99.9%'\n");
  EXPECT_EQ(read_with().budgets.at(0).target, Ratio{0.999});
  std::filesystem::remove(directory_ / "slo/settler.toml");
  for (const char* name : {"slo/settler.yaml", "suite/slo/settler.yml"}) {
    directory_.write(name, kOpenSlo);
    const Scenario scenario = read_with();
    ASSERT_THAT(problems(), IsEmpty());
    EXPECT_EQ(scenario.objectives.size(), 1U);
    EXPECT_EQ(scenario.budgets.at(0).target, Ratio{0.99});
    std::filesystem::remove(directory_ / name);
  }
}

TEST_F(SloFile, IsOneFile) {
  directory_.write("slo/settler.toml", "[[slo]]\nname = 'availability'\ntarget = '99.9%'\n");
  directory_.write("slo/settler.yaml", kOpenSlo);
  read_with();
  EXPECT_THAT(problems(), HasSubstr("slo/settler.yaml, name one of them: slo = \"../slo/settler.toml\""));
  EXPECT_EQ(read_with("../slo/settler.yaml").budgets.at(0).target, Ratio{0.99});
  EXPECT_THAT(problems(), IsEmpty());
  directory_.write("suite/slo/settler.yml", kOpenSlo);
  EXPECT_EQ(read_with().budgets.at(0).target, Ratio{0.99})
      << "what is beside the scenario comes before all others";
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(SloFile, IsFoundAgainWhereARunKeepsIt) {
  directory_.write("slo/settler.yaml", kOpenSlo);
  for (const char* slo : {"settler", "../slo/settler.yaml"}) {
    const Scenario scenario = read_with(slo);
    ASSERT_THAT(problems(), IsEmpty());
    for (const auto& [name, text] : scenario.sources) {
      directory_.write("deep/runs/x/" + name, text);
    }
    EXPECT_EQ(read_with(slo, "deep/runs/x/scenario.toml").objectives.size(), 1U) << slo;
    EXPECT_THAT(problems(), IsEmpty());
  }
}

TEST_F(SloFile, IsMissed) {
  read_with();
  EXPECT_THAT(problems(),
              HasSubstr("there is no slo/settler.toml, .yaml or .yml beside the scenario or one folder up"));
}

TEST_F(SloFile, ReportsItsOwnMistakesOnce) {
  directory_.write("slo/settler.yaml", std::string(kOpenSlo) + "---\nkind: SLO\n");
  read_with();
  EXPECT_THAT(problems(), HasSubstr("settler.yaml:9:1: error: 'apiVersion' is missing"));
  std::filesystem::remove(directory_ / "slo/settler.yaml");
  directory_.write("slo/settler.toml", "[[slo]\n");
  read_with();
  EXPECT_EQ(problems_.size(), 1U) << problems();
  directory_.write("slo/settler.toml", "levels = 1\n");
  read_with();
  EXPECT_THAT(problems(), HasSubstr("'slo' is missing"));
  EXPECT_THAT(problems(), HasSubstr("did you mean 'level'?"));
}

TEST_F(SloFile, HasTheObjectiveThatABudgetIsOf) {
  directory_.write("slo/settler.toml",
                   "[[slo]]\nname = 'availabilty'\ntarget = '99.9%'\n[[slo]]\nname = 'b'\ntarget = '9%'\n");
  read_with();
  EXPECT_THAT(problems(),
              HasSubstr("'settler' has no objective 'availability' (known: availabilty, b), did you mean "
                        "'availabilty'?"));
}

TEST_F(SloFile, OfTheReferenceServiceHasFiveObjectivesAndFourLevels) {
  directory_.write("slo/settler.toml", text_of_file(kSuites / "slo/settler.toml"));
  const Scenario scenario = read_with();
  ASSERT_THAT(problems(), IsEmpty());
  std::vector<std::string> words;
  for (const slo::Objective& objective : scenario.objectives) {
    words.push_back(objective.name + " " + to_text(objective.target) + " " + to_word(objective.good));
  }
  EXPECT_EQ(words, (std::vector<std::string>{
                       "availability 99.9% requests", "latency 95% requests-within-200ms",
                       "reconciliation-success 95% runs", "webhook-delivery 99% webhooks-within-5s",
                       "error-rate 99% requests-status-below-500"}));
  ASSERT_EQ(scenario.levels.size(), 4U);
  EXPECT_EQ(scenario.levels[0].target.text, "http_req_duration p(95)");
  EXPECT_EQ(scenario.levels[0].target.percentile, 95);
  EXPECT_EQ(scenario.levels[0].target.comparison.target, 0.2);
  EXPECT_EQ(scenario.levels[0].warning.comparison.target, 0.5);
  EXPECT_EQ(scenario.levels[3].slo, "reconciliation-success");
  EXPECT_EQ(scenario.levels[3].target.text, "reconciliation-success");
  EXPECT_EQ(display_target(scenario.levels[3].target), "> 95%");
}

TEST_F(SloFile, SaysWhatIsWrongWithALevel) {
  const std::string metric = "metric = 'http_req_duration p(95)'\n";
  EXPECT_THAT(problems_with_level(metric + "target = '< 200ms'\nwarning = '< 500ms'"), IsEmpty());
  EXPECT_THAT(problems_with_level(metric + "warning = '< 500ms'"), HasSubstr("'target' is missing"));
  EXPECT_THAT(problems_with_level(metric + "target = '< 200ms'"), HasSubstr("'warning' is missing"));
  EXPECT_THAT(problems_with_level(metric + "target = '< 500ms'\nwarning = '< 200ms'"),
              HasSubstr("the warning level is stricter than the target, exchange them"));
  EXPECT_THAT(problems_with_level("slo = 'availability'\ntarget = '> 90%'\nwarning = '> 95%'"),
              HasSubstr("the warning level is stricter than the target"));
  EXPECT_THAT(problems_with_level(metric + "target = '< 200ms'\nwarning = '> 500ms'"),
              HasSubstr("are both upper limits, or both lower ones"));
  EXPECT_THAT(problems_with_level(metric + "target = '< 200mss'\nwarning = '< 500ms'"),
              HasSubstr("settler.toml:6:13: error: '200mss' is not a duration such as 500ms"));
  EXPECT_THAT(problems_with_level(metric + "target = '< 2 x steady'\nwarning = '< 500ms'"),
              HasSubstr("a multiple of another phase is no level"));
  EXPECT_THAT(
      problems_with_level("metric = 'http_req_duration p(95) < 5s'\ntarget = '< 1s'\nwarning = '< 2s'"),
      HasSubstr("settler.toml:5:35: error: '< 5s' is too much here"));
  EXPECT_THAT(problems_with_level("metric = 'http_req_duraton p(95)'\ntarget = '< 1s'\nwarning = '< 2s'"),
              HasSubstr("did you mean 'http_req_duration'?"));
  EXPECT_EQ(problems_.size(), 1U) << "once";
  EXPECT_THAT(
      problems_with_level("slo = 'availabilty'\ntarget = '> 95%'\nwarning = '> 90%'"),
      HasSubstr("there is no objective 'availabilty' (known: availability), did you mean 'availability'?"));
  EXPECT_THAT(problems_with_level("slo = 'availability'\n" + metric + "target = '> 95%'\nwarning = '> 90%'"),
              HasSubstr("not of both"));
  EXPECT_THAT(problems_with_level("target = '> 95%'\nwarning = '> 90%'"),
              HasSubstr("a level is of a 'metric' or of an 'slo'"));
  EXPECT_THAT(problems_with_level(metric + "target = '< 200ms'\nwarnin = '< 500ms'"),
              HasSubstr("did you mean 'warning'?"));
}

}  // namespace
}  // namespace faultline::scenario
