#pragma once
// A load test that must be right, made of a flow and the rest of its file.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "loadtest/test.h"

namespace faultline::loadtest {

/// A folder of the test's own, which holds flows/f.toml.
class Folder {
 public:
  explicit Folder(std::string_view flow) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(testing::TempDir()) /
            (std::string("faultline-") + test->test_suite_name() + "." + test->name());
    std::filesystem::create_directories(path_ / "flows");
    std::ofstream(path_ / "flows" / "f.toml") << flow;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  LoadTest read(const std::string& text, bool brief = false) const {
    Diagnostics problems;
    LoadTest test =
        read_text(text, (path_ / "test.toml").string(), {.changes = {}, .brief = brief}, problems);
    for (const Diagnostic& problem : problems) {
      ADD_FAILURE() << to_text(problem);
    }
    return test;
  }
  /// "line:column message, suggestion" of each mistake.
  std::vector<std::string> mistakes(const std::string& text) const {
    Diagnostics problems;
    read_text(text, (path_ / "test.toml").string(), {}, problems);
    std::vector<std::string> lines;
    for (const Diagnostic& problem : problems) {
      lines.push_back(std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) + " " +
                      problem.message + (problem.suggestion.empty() ? "" : ", ") + problem.suggestion);
    }
    return lines;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace faultline::loadtest
