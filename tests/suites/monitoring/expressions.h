#pragma once
// Every expression that suites/monitoring asks Prometheus to evaluate.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace faultline::monitoring {

inline const std::filesystem::path kSuite = FAULTLINE_SOURCE_DIR "/suites/monitoring";

struct Expression {
  std::string where;  // "overview.json: Latency"
  std::string text;
};

std::vector<Expression> expressions_of_rules();
std::vector<Expression> expressions_of_dashboards();
std::vector<std::filesystem::path> dashboards();
/// The series that the recording rules make.
std::set<std::string> recorded();

}  // namespace faultline::monitoring
