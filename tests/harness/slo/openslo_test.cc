#include "slo/openslo.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace faultline::slo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Of = Indicator::Of;

std::vector<Objective> read(const std::string& text) {
  Diagnostics problems;
  std::vector<Objective> objectives = read_openslo(text, "slo.yaml", problems);
  EXPECT_TRUE(problems.empty()) << to_text(problems.front());
  return objectives;
}

std::string problems_with(const std::string& text) {
  Diagnostics problems;
  read_openslo(text, "slo.yaml", problems);
  std::string all;
  for (const Diagnostic& problem : problems) {
    all += to_text(problem) + "\n";
  }
  return all.empty() ? "none" : all;
}

// Shaped as the specification's own example of an inline indicator is.
constexpr const char* kV1 = R"(apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  displayName: Availability
  annotations:
    faultline.dev/indicator: requests
spec:
  description: Requests that are answered as expected
  service: settler
  indicator:
    metadata:
      name: good-requests
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            spec:
              query: http_requests_total{status_code=~"2.."}
        total:
          metricSource:
            type: Prometheus
            spec:
              query: http_requests_total
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
)";

constexpr const char* kV1Alpha = R"(apiVersion: openslo/v1alpha
kind: SLO
metadata:
  name: latency
  displayName: Latency
  annotations:
    faultline.dev/indicator: requests-within-200ms
spec:
  service: settler
  timeWindows:
    - unit: Week
      count: 4
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - displayName: Good
      value: 1
      target: 0.95
      ratioMetrics:
        counter: true
        good:
          source: prometheus
          queryType: promql
          query: http_request_duration_seconds_bucket{le="0.2"}
        total:
          source: prometheus
          queryType: promql
          query: http_request_duration_seconds_count
)";

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}
std::string v1_with(const std::string& from, const std::string& to) {
  return changed(kV1, from, to);
}

TEST(OpenSlo, OfVersionOneIsRead) {
  const auto objectives = read(kV1);
  ASSERT_EQ(objectives.size(), 1U);
  EXPECT_EQ(objectives[0].name, "availability");
  EXPECT_EQ(objectives[0].summary, "Requests that are answered as expected");
  EXPECT_EQ(objectives[0].target, Ratio{0.999});
  EXPECT_EQ(objectives[0].good, Indicator{});
}

TEST(OpenSlo, OfVersionOneAlphaIsRead) {
  const auto objectives = read(kV1Alpha);
  ASSERT_EQ(objectives.size(), 1U);
  EXPECT_EQ(objectives[0].name, "latency");
  EXPECT_EQ(objectives[0].summary, "Latency") << "there is no description";
  EXPECT_EQ(objectives[0].target, Ratio{0.95});
  EXPECT_EQ(objectives[0].good, (Indicator{.of = Of::requests, .within = 200ms}));
}

TEST(OpenSlo, MayHaveSeveralDocumentsOrAListOfThem) {
  const std::string service =
      "apiVersion: openslo/v1\nkind: Service\nmetadata: { name: settler }\nspec: {}\n";
  const auto both = read(fmt::format("{}---\n{}---\n{}---\n", service, kV1, kV1Alpha));
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1].name, "latency");
  const auto listed = read(
      "- { apiVersion: openslo/v1, kind: SLO, metadata: { name: a, annotations: { faultline.dev/indicator: "
      "runs } },\n"
      "    spec: { indicator: {}, budgetingMethod: Occurrences, objectives: [{ targetPercent: 95 }] } }\n");
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].target, Ratio{0.95});
  EXPECT_EQ(listed[0].good, (Indicator{.of = Of::runs}));
}

TEST(OpenSlo, TakesItsIndicatorFromAnSliOfTheFile) {
  const std::string slo =
      "apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: a }\n"
      "spec: { indicatorRef: delivered, budgetingMethod: Occurrences, objectives: [{ target: 0.99 }] }\n";
  const std::string sli =
      "---\napiVersion: openslo/v1\nkind: SLI\n"
      "metadata: { name: delivered, annotations: { faultline.dev/indicator: webhooks-within-5s } }\n"
      "spec: { ratioMetric: { good: {}, total: {} } }\n";
  EXPECT_EQ(read(slo + sli).at(0).good, (Indicator{.of = Of::webhooks, .within = 5s}));
  EXPECT_THAT(
      problems_with(changed(slo, "delivered", "deliverd") + sli),
      HasSubstr("slo.yaml:4:23: error: there is no SLI 'deliverd' in this file, did you mean 'delivered'?"));
}

TEST(OpenSlo, GivesEachObjectiveItsName) {
  const auto objectives = read(
      v1_with("    - target: 0.999\n", "    - { displayName: strict, target: 0.999 }\n    - target: 0.99\n"));
  ASSERT_EQ(objectives.size(), 2U);
  EXPECT_EQ(objectives[0].name, "availability/strict");
  EXPECT_EQ(objectives[1].name, "availability/2");
  EXPECT_EQ(objectives[1].target, Ratio{0.99});
}

TEST(OpenSlo, HasToSayWhatItsQueryIsAbout) {
  const std::string silent = v1_with("  annotations:\n    faultline.dev/indicator: requests\n", "");
  EXPECT_THAT(
      problems_with(silent),
      StartsWith("slo.yaml:13:7: error: nothing says which events of a run 'availability' is about: only the "
                 "source of its metric can tell what is asked of it, add 'annotations: { "
                 "faultline.dev/indicator: requests }' to its metadata, or another of requests, "
                 "requests-within-200ms, "));
  EXPECT_THAT(problems_with(v1_with("indicator: requests\n", "indicator: requests-within-200m5\n")),
              HasSubstr("slo.yaml:7:30: error: 'requests-within-200m5' is no indicator (such as requests, "));
  EXPECT_THAT(problems_with(v1_with("indicator: requests\n", "indicator: reqests\n")),
              HasSubstr("did you mean 'requests'?"));
  EXPECT_THAT(problems_with(v1_with("faultline.dev/indicator", "faultline.dev/indicater")),
              HasSubstr("slo.yaml:7:5: error: unknown annotation 'faultline.dev/indicater', did you mean "
                        "'faultline.dev/indicator'?"));
  const std::string alpha =
      changed(kV1Alpha, "  annotations:\n    faultline.dev/indicator: requests-within-200ms\n", "");
  EXPECT_THAT(problems_with(alpha), HasSubstr("nothing says which events of a run 'latency' is about"));
}

TEST(OpenSlo, CountsEventsAndNoSlicesOfTime) {
  EXPECT_THAT(
      problems_with(v1_with("Occurrences", "Timeslices")),
      HasSubstr(
          "budgetingMethod 'Timeslices' counts slices of time, of which a run is too short to have many, "
          "use 'Occurrences', which counts events"));
  EXPECT_THAT(problems_with(v1_with("Occurrences", "Occurences")), HasSubstr("did you mean 'Occurrences'?"));
  EXPECT_THAT(problems_with(v1_with("  budgetingMethod: Occurrences\n", "")),
              HasSubstr("'budgetingMethod' is missing"));
}

TEST(OpenSlo, HasATargetBelowAll) {
  EXPECT_EQ(read(v1_with("target: 0.999", "targetPercent: 99.9")).at(0).target, Ratio{0.999});
  EXPECT_EQ(read(v1_with("target: 0.999", "targetPercent: +99.9")).at(0).target.value, 99.9 / 100);
  EXPECT_EQ(read(v1_with("target: 0.999", "target: 0")).at(0).target, Ratio{0});
  EXPECT_THAT(problems_with(v1_with("target: 0.999", "target: 99.9")),
              HasSubstr("slo.yaml:32:15: error: 'target' is a number from 0 to 1, without it, did you mean "
                        "'targetPercent: 99.9'?"));
  EXPECT_THAT(problems_with(v1_with("target: 0.999", "target: 1.0")), HasSubstr("leaves no budget to spend"));
  EXPECT_THAT(problems_with(v1_with("target: 0.999", "targetPercent: 100")),
              HasSubstr("leaves no budget to spend"));
  EXPECT_THAT(problems_with(v1_with("target: 0.999", "target: most")), HasSubstr("is a number from 0 to 1"));
  EXPECT_THAT(problems_with(v1_with("target: 0.999", "target: -1")), HasSubstr("is a number from 0 to 1"));
  EXPECT_THAT(problems_with(v1_with("target: 0.999", "{ target: 0.9, targetPercent: 90 }")),
              HasSubstr("not as both"));
  EXPECT_THAT(
      problems_with(v1_with("target: 0.999", "taget: 0.999")),
      HasSubstr(
          "slo.yaml:32:7: error: an objective has no 'taget' (known: displayName, op, value, target, "));
  EXPECT_THAT(problems_with(v1_with("target: 0.999", "{}")),
              HasSubstr("'target' or 'targetPercent' is missing"));
  EXPECT_THAT(problems_with(v1_with("\n    - target: 0.999", " []")), HasSubstr("at least one objective"));
  EXPECT_THAT(problems_with(changed(kV1Alpha, "target: 0.95", "targetPercent: 95")),
              HasSubstr("an objective has no 'targetPercent'"));
}

TEST(OpenSlo, SaysWhereItIsNone) {
  EXPECT_THAT(
      problems_with(v1_with("openslo/v1", "openslo/v2")),
      HasSubstr(
          "slo.yaml:1:13: error: unknown apiVersion 'openslo/v2' (known: openslo/v1, openslo/v1alpha)"));
  EXPECT_THAT(problems_with(v1_with("kind: SLO", "kind: SLOO")),
              HasSubstr("unknown kind 'SLOO' (known: SLO, SLI"));
  EXPECT_THAT(problems_with(v1_with("  name: availability\n", "")), HasSubstr("'name' is missing"));
  EXPECT_THAT(problems_with(v1_with("  objectives:", "  objectifs:")),
              HasSubstr("did you mean 'objectives'?"));
  EXPECT_THAT(problems_with(v1_with("duration: 30d", "duration: 30 days")),
              HasSubstr("is no duration such as 28d"));
  EXPECT_THAT(problems_with(v1_with("    - duration: 30d\n      isRolling: true", "    []")),
              HasSubstr("exactly one window"));
  EXPECT_THAT(problems_with(v1_with("  indicator:", "  indicatorRef: a\n  indicator:")),
              HasSubstr("not both"));
  EXPECT_THAT(problems_with(v1_with("  indicator:", "  labels:")), HasSubstr("neither 'indicator' nor"));
  EXPECT_THAT(problems_with(std::string(kV1) + "---\n" + kV1),
              HasSubstr("there are two objectives 'availability'"));
  EXPECT_THAT(problems_with("kind: SLO\n"), HasSubstr("'apiVersion' is missing"));
  EXPECT_THAT(problems_with("just text\n"), HasSubstr("a document of OpenSLO is a map"));
  EXPECT_THAT(problems_with(""), HasSubstr("no document of kind SLO"));
  EXPECT_THAT(problems_with("a: [\n"), HasSubstr("this is no YAML"));
  EXPECT_THAT(problems_with(v1_with("spec:\n  description", "spec: all\nother:\n  description")),
              HasSubstr("'spec' must be a map"));
}

}  // namespace
}  // namespace faultline::slo
