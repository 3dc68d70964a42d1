// Writes the examples as every report, and as JSON, into the directory that is named: for readers that are not ours.

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "example.h"
#include "report/html.h"
#include "report/junit.h"
#include "report/markdown.h"

int main(int argc, char** argv) {
  using namespace faultline;
  if (argc != 2) {
    return 2;
  }
  const std::filesystem::path directory = argv[1];
  const result::Suite suite = report::suite_example();
  std::ofstream(directory / "results.json")
      << result::to_json(suite).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  std::ofstream(directory / "junit.xml") << report::to_junit(suite);
  std::ofstream(directory / "report.html") << report::to_html(suite);
  std::ofstream(directory / "summary.md") << report::to_markdown(suite);
}
