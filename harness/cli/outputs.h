#pragma once
// The reports that `run` and `report` write besides what they print: the same options, files and words in both.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "result/suite.h"

namespace faultline::cli {

struct Outputs {
  std::string json, junit, markdown, html;  // files; "-" is standard output; empty: not wanted
  std::string annotations;                  // "github", which go to standard output; empty: not wanted

  void add_to(CLI::App& command);

  /// Call it before anything runs, since a run takes minutes. Throws EnvironmentError that names the option whose file
  /// cannot be written, CLI::ValidationError when two want standard output.
  void check() const;

  /// Whether one of them is all that may be on standard output.
  bool take_standard_output() const;

  /// Writes them all, and throws only then what was wrong with the first that could not be.
  void write(const result::Suite& suite) const;
};

/// junit.xml, summary.md and report.html in the run's directory, beside result.json.
void leave_reports(const result::Result& result, const std::filesystem::path& directory);

}  // namespace faultline::cli
