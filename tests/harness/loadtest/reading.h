#pragma once
// A load test that must be right, made of a flow and the rest of its file.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "loadtest/test.h"
#include "scratch.h"

namespace faultline::loadtest {

/// A folder of the test's own, which holds flows/f.toml.
class Folder {
 public:
  explicit Folder(std::string_view flow) { scratch_.write("flows/f.toml", flow); }

  const std::filesystem::path& path() const { return scratch_.path(); }

  LoadTest read(const std::string& text, bool brief = false) const {
    Diagnostics problems;
    LoadTest test =
        read_text(text, (scratch_ / "test.toml").string(), {.changes = {}, .brief = brief}, problems);
    for (const Diagnostic& problem : problems) {
      ADD_FAILURE() << to_text(problem);
    }
    return test;
  }
  /// "line:column message, suggestion" of each mistake.
  std::vector<std::string> mistakes(const std::string& text) const {
    Diagnostics problems;
    read_text(text, (scratch_ / "test.toml").string(), {}, problems);
    std::vector<std::string> lines;
    for (const Diagnostic& problem : problems) {
      lines.push_back(std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) + " " +
                      problem.message + (problem.suggestion.empty() ? "" : ", ") + problem.suggestion);
    }
    return lines;
  }

 private:
  Scratch scratch_;
};

}  // namespace faultline::loadtest
