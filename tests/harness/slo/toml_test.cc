#include "slo/toml.h"

#include <gmock/gmock.h>

namespace faultline::slo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Of = Indicator::Of;

// What is wrong with an objective of these lines.
std::string problems_with(const std::string& lines) {
  Diagnostics problems;
  Table file = Table::parse("[[slo]]\n" + lines, "slo.toml", problems);
  read_toml(file);
  std::string all;
  for (const Diagnostic& problem : problems) {
    all += to_text(problem) + "\n";
  }
  return all.empty() ? "none" : all;
}

std::string good(const std::string& table) {
  return problems_with("name = 'a'\ntarget = '99%'\ngood = " + table);
}

TEST(SloToml, HoldsObjectives) {
  Diagnostics problems;
  Table file = Table::parse(R"(
[[slo]]
name    = "availability"
summary = "Requests that get the answer their caller expects"
target  = "99.9%"
[[slo]]
name   = "latency"
target = "95%"
good   = { of = "requests", within = "200ms" }
[[slo]]
name   = "error-rate"
target = "99%"
good   = { of = "requests", status_below = 500 }
[[slo]]
name   = "runs"
target = "95%"
good   = { of = "runs" }
[[slo]]
name   = "webhooks"
target = "99%"
good   = { of = "webhooks", within = "5s" }
)",
                            "slo.toml", problems);
  const std::vector<Objective> objectives = read_toml(file);
  ASSERT_TRUE(problems.empty()) << to_text(problems.front());
  ASSERT_EQ(objectives.size(), 5U);
  EXPECT_EQ(objectives[0].name, "availability");
  EXPECT_EQ(objectives[0].summary, "Requests that get the answer their caller expects");
  EXPECT_EQ(objectives[0].target, Ratio{0.999});
  EXPECT_EQ(objectives[0].good, Indicator{});
  EXPECT_EQ(objectives[1].good, (Indicator{.of = Of::requests, .within = 200ms}));
  EXPECT_EQ(objectives[2].good, (Indicator{.of = Of::requests, .status_below = 500}));
  EXPECT_EQ(objectives[3].good, (Indicator{.of = Of::runs}));
  EXPECT_EQ(objectives[4].good, (Indicator{.of = Of::webhooks, .within = 5s}));
}

TEST(SloToml, SaysWhatIsWrong) {
  EXPECT_THAT(problems_with("target = '99%'"), HasSubstr("'name' is missing"));
  EXPECT_THAT(problems_with("name = ''\ntarget = '99%'"), HasSubstr("a name is not empty"));
  EXPECT_THAT(problems_with("name = 'a'"), HasSubstr("'target' is missing"));
  EXPECT_THAT(problems_with("name = 'a'\ntarget = '100%'"),
              HasSubstr("slo.toml:3:10: error: a target of 100% leaves no budget to spend"));
  EXPECT_THAT(problems_with("name = 'a'\ntarget = '99%'\ngoood = {}"), HasSubstr("did you mean 'good'?"));
  EXPECT_THAT(problems_with("name = 'a'\ntarget = '99%'\n[[slo]]\nname = 'a'\ntarget = '9%'"),
              HasSubstr("there are two objectives 'a'"));
}

TEST(SloToml, SaysWhatIsWrongWithAnIndicator) {
  EXPECT_EQ(good("{ of = 'requests' }"), "none");
  EXPECT_THAT(good("{ within = '5s' }"), HasSubstr("'of' is missing"));
  EXPECT_THAT(good("{ of = 'request' }"), HasSubstr("did you mean 'requests'?"));
  EXPECT_THAT(good("{ of = 'requests', witin = '5s' }"), HasSubstr("did you mean 'within'?"));
  EXPECT_THAT(good("{ of = 'requests', within = '5' }"), HasSubstr("slo.toml:4:"));
  EXPECT_THAT(good("{ of = 'requests', within = '5s', status_below = 500 }"),
              HasSubstr("by its time or by its status, not both, make two objectives of it"));
  EXPECT_THAT(good("{ of = 'requests', status_below = 700 }"), HasSubstr("is a status from 100 to 600"));
  EXPECT_THAT(good("{ of = 'runs', within = '5s' }"), HasSubstr("a run is good when it completes"));
  EXPECT_THAT(good("{ of = 'webhooks', status_below = 500 }"), HasSubstr("webhooks have no status"));
}

}  // namespace
}  // namespace faultline::slo
