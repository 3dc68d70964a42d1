#include "expressions.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace faultline::monitoring {

std::vector<Expression> expressions_of_rules() {
  std::vector<Expression> all;
  for (const char* file : {"recording.yml", "alerts.yml"}) {
    for (const auto& group : YAML::LoadFile(kSuite / "rules" / file)["groups"]) {
      for (const auto& rule : group["rules"]) {
        const auto& name = rule["alert"] ? rule["alert"] : rule["record"];
        all.push_back({.where = std::string(file) + ": " + name.as<std::string>(),
                       .text = rule["expr"].as<std::string>()});
      }
    }
  }
  return all;
}

std::set<std::string> recorded() {
  std::set<std::string> names;
  for (const auto& group : YAML::LoadFile(kSuite / "rules" / "recording.yml")["groups"]) {
    for (const auto& rule : group["rules"]) {
      names.insert(rule["record"].as<std::string>());
    }
  }
  return names;
}

std::vector<std::filesystem::path> dashboards() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kSuite / "grafana")) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<Expression> expressions_of_dashboards() {
  std::vector<Expression> all;
  for (const auto& file : dashboards()) {
    std::ifstream text(file);
    const auto dashboard = nlohmann::json::parse(text);
    for (const auto& panel : dashboard.at("panels")) {
      if (!panel.contains("targets")) {
        continue;  // a row
      }
      for (const auto& target : panel.at("targets")) {
        all.push_back({.where = file.filename().string() + ": " + panel.at("title").get<std::string>(),
                       .text = target.at("expr").get<std::string>()});
      }
    }
  }
  return all;
}

}  // namespace faultline::monitoring
