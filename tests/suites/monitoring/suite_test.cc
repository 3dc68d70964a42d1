// What Prometheus' own tools do not look at: dashboards, and what annotations point at.

#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "expressions.h"
#include "scratch.h"

namespace faultline::monitoring {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::SizeIs;

json read(const std::filesystem::path& file) {
  std::ifstream text(file);
  return json::parse(text);
}

TEST(MonitoringSuite, HasARunbookForEachAlert) {
  std::size_t alerts = 0;
  for (const auto& group : YAML::LoadFile(kSuite / "rules" / "alerts.yml")["groups"]) {
    for (const auto& rule : group["rules"]) {
      const auto runbook = rule["annotations"]["runbook"].as<std::string>("absent");
      EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(FAULTLINE_SOURCE_DIR) / runbook))
          << rule["alert"].as<std::string>() << ": " << runbook;
      ++alerts;
    }
  }
  EXPECT_EQ(alerts, 10U);
}

TEST(MonitoringSuite, HasDashboardsThatGrafanaReads) {
  std::set<std::string> uids;
  for (const auto& file : dashboards()) {
    SCOPED_TRACE(file);
    const json dashboard = read(file);
    EXPECT_TRUE(uids.insert(dashboard.at("uid").get<std::string>()).second);
    EXPECT_FALSE(dashboard.at("title").get<std::string>().empty());
    EXPECT_GE(dashboard.at("schemaVersion").get<int>(), 38) << "of Grafana 10";
    const json& variable = dashboard.at("/templating/list/0"_json_pointer);
    EXPECT_EQ(variable.at("type"), "datasource");
    EXPECT_EQ(variable.at("query"), "prometheus");
    std::set<int> ids;
    for (const json& panel : dashboard.at("panels")) {
      SCOPED_TRACE(panel.at("title"));
      EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second);
      if (panel.at("type") != "row") {
        EXPECT_EQ(panel.at("/datasource/uid"_json_pointer),
                  "${" + variable.at("name").get<std::string>() + "}");
        EXPECT_FALSE(panel.at("targets").empty());
      }
    }
  }
  EXPECT_THAT(uids, SizeIs(2));
}

TEST(MonitoringSuite, HasNoPanelUponAnother) {
  for (const auto& file : dashboards()) {
    std::set<std::pair<int, int>> taken;
    const json dashboard = read(file);
    for (const json& panel : dashboard.at("panels")) {
      const json& place = panel.at("gridPos");
      const int left = place.at("x");
      const int top = place.at("y");
      EXPECT_LE(left + place.at("w").get<int>(), 24) << file << panel.at("title");
      for (int x = left; x < left + place.at("w").get<int>(); ++x) {
        for (int y = top; y < top + place.at("h").get<int>(); ++y) {
          EXPECT_TRUE(taken.insert({x, y}).second) << file << panel.at("title") << x << "," << y;
        }
      }
    }
  }
}

TEST(MonitoringSuite, HasTheGroupsOfPanelsThatPeopleLookFor) {
  std::set<std::string> rows;
  for (const auto& file : dashboards()) {
    const json dashboard = read(file);
    for (const json& panel : dashboard.at("panels")) {
      if (panel.at("type") == "row") {
        const std::string title = panel.at("title");
        rows.insert(title.substr(0, title.find(':')));
      }
    }
  }
  for (const char* row :
       {"API performance", "Business", "System health", "Tenants", "API latency above 200 ms",
        "Webhook failures", "CPU and memory", "Database pool exhausted", "Reconciliations that fail"}) {
    EXPECT_THAT(rows, Contains(row));
  }
}

TEST(MonitoringSuite, HasDashboardsWhoseExpressionsPrometheusReads) {
  // As rules, since promtool reads those.
  YAML::Node rules;
  for (const Expression& expression : expressions_of_dashboards()) {
    YAML::Node rule;
    rule["record"] = "of:dashboard";
    rule["labels"]["where"] = expression.where + ": " + expression.text;
    rule["expr"] = expression.text;
    rules.push_back(rule);
  }
  ASSERT_GE(rules.size(), 30U);
  YAML::Node file;
  file["groups"][0]["name"] = "dashboards";
  file["groups"][0]["rules"] = rules;
  const Scratch folder;
  const std::string path = folder.write("dashboards-as-rules.yml", YAML::Dump(file));
  EXPECT_EQ(std::system(("promtool check rules " + path).c_str()), 0);
}

}  // namespace
}  // namespace faultline::monitoring
