#include "cli/outputs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "core/error.h"
#include "report/annotations.h"
#include "report/html.h"
#include "report/junit.h"
#include "report/markdown.h"

namespace faultline::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kStandardOutput = "-";

std::string json_of(const result::Suite& suite) {
  // A path need not be UTF-8, and is replaced then rather than refused.
  return result::to_json(suite).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

// GitHub gives each step a file for its summary, which a step may add to more than once.
bool is_step_summary(const std::string& path) {
  const char* const summary = std::getenv("GITHUB_STEP_SUMMARY");
  return summary && path == summary;
}

std::size_t room_for_summary(const std::string& path) {
  const std::size_t room = report::kSummaryLimit - report::kSummaryRoom;
  std::error_code error;
  const std::uintmax_t size = is_step_summary(path) ? fs::file_size(path, error) : 0;
  const std::uintmax_t taken = error ? 0 : size;
  return taken < room ? room - taken : 0;
}

// A report that goes to a file, where it is wanted.
struct Output {
  const char* option;
  const std::string& path;
  std::string (*text)(const result::Suite& suite, const std::string& path);
  bool may_append = false;
};

std::array<Output, 4> files_of(const Outputs& outputs) {
  return {
      Output{"--json", outputs.json, [](const auto& suite, const auto&) { return json_of(suite); }},
      Output{"--junit", outputs.junit,
             [](const auto& suite, const auto&) { return report::to_junit(suite); }},
      Output{"--markdown", outputs.markdown,
             [](const auto& suite, const auto& path) {
               return report::to_markdown(suite, room_for_summary(path));
             },
             true},
      Output{"--html", outputs.html, [](const auto& suite, const auto&) { return report::to_html(suite); }}};
}

[[noreturn]] void refuse(const Output& output, const std::string& why, const std::string& remedy) {
  throw EnvironmentError(fmt::format("{} {}: {}", output.option, output.path, why), remedy);
}

void check_file(const Output& output) {
  const fs::path path = output.path;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    refuse(output, "it is a directory", "name a file in it");
  }
  const fs::path parent = path.has_parent_path() ? path.parent_path() : ".";
  if (!fs::is_directory(parent, error)) {
    refuse(output, fmt::format("there is no directory {}", parent.string()), "make it first");
  }
  const bool there = fs::exists(path, error);
  if (access(there ? path.c_str() : parent.c_str(), there ? W_OK : W_OK | X_OK) != 0) {
    refuse(output, fmt::format("it cannot be written: {}", std::generic_category().message(errno)),
           "name another file");
  }
}

void write_file(const Output& output, const result::Suite& suite) {
  const std::string text = output.text(suite, output.path);
  if (output.path == kStandardOutput) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) {
      refuse(output, std::generic_category().message(errno), "");
    }
    return;
  }
  const bool append = output.may_append && is_step_summary(output.path);
  std::ofstream file(output.path, std::ios::binary | (append ? std::ios::app : std::ios::trunc));
  file << text;
  file.close();
  if (!file) {
    refuse(output, fmt::format("it cannot be written: {}", std::generic_category().message(errno)),
           "name another file");
  }
}

}  // namespace

void Outputs::add_to(CLI::App& command) {
  command.add_option("--json", json, "Write the results there as JSON (\"-\": standard output)")
      ->type_name("FILE");
  command.add_option("--junit", junit, "Write them there as JUnit XML")->type_name("FILE");
  command
      .add_option("--markdown", markdown,
                  "Write a summary there as Markdown; appended where it is $GITHUB_STEP_SUMMARY")
      ->type_name("FILE");
  command.add_option("--html", html, "Write a page of them there")->type_name("FILE");
  command
      .add_option("--annotations", annotations,
                  "Print what did not hold so that it is shown beside the scenario: github")
      ->check(CLI::IsMember({"github"}));
}

void Outputs::check() const {
  int on_standard_output = annotations.empty() ? 0 : 1;
  for (const Output& output : files_of(*this)) {
    if (output.path == kStandardOutput) {
      ++on_standard_output;
    } else if (!output.path.empty()) {
      check_file(output);
    }
  }
  if (on_standard_output > 1) {
    throw CLI::ValidationError("standard output can be that of one report only; name a file for the others");
  }
}

bool Outputs::take_standard_output() const {
  const auto files = files_of(*this);
  return std::any_of(files.begin(), files.end(),
                     [](const Output& output) { return output.path == kStandardOutput; });
}

void Outputs::write(const result::Suite& suite) const {
  std::optional<EnvironmentError> first;
  for (const Output& output : files_of(*this)) {
    if (output.path.empty()) {
      continue;
    }
    try {
      write_file(output, suite);
    } catch (const EnvironmentError& error) {
      if (!first) {
        first.emplace(error);
      }
    }
  }
  if (!annotations.empty()) {
    fmt::print("{}", report::to_annotations(suite));
    std::fflush(stdout);
  }
  if (first) {
    throw EnvironmentError(*first);
  }
}

void leave_reports(const result::Result& result, const fs::path& directory) {
  Outputs outputs;
  outputs.junit = (directory / "junit.xml").string();
  outputs.markdown = (directory / "summary.md").string();
  outputs.html = (directory / "report.html").string();
  outputs.write({FAULTLINE_VERSION, {result}});
}

}  // namespace faultline::cli
