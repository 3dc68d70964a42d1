#include "run/directory.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <system_error>

#include "core/error.h"
#include "core/file.h"

namespace faultline::run {

namespace fs = std::filesystem;

namespace {

void make(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw EnvironmentError(fmt::format("cannot make the directory {}: {}", path.string(), error.message()),
                           "choose one that you may write to with --out");
  }
}

}  // namespace

Directory::Directory(fs::path path, const scenario::Scenario& scenario) : path_(std::move(path)) {
  std::error_code ignored;
  if (fs::exists(path_, ignored) && !fs::is_empty(path_, ignored)) {
    throw EnvironmentError(fmt::format("{} is there already, and not empty", path_.string()),
                           "name a new directory with --out: a run never writes over another");
  }
  make(path_);
  make(path_ / "logs");
  for (const auto& [name, text] : scenario.sources) {
    write_file(path_ / name, text, "choose another directory with --out");
  }
}

fs::path default_path(const std::string& scenario_name) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const fs::path base = fs::path("runs") / fmt::format("{:%Y%m%dT%H%M%SZ}-{}", now, scenario_name);
  fs::path path = base;
  for (int n = 2; fs::exists(path); ++n) {
    path = fmt::format("{}-{}", base.string(), n);
  }
  return path;
}

void point_latest_at(const fs::path& directory) {
  const fs::path link = directory.parent_path() / "latest";
  const fs::path fresh = directory.parent_path() / fmt::format(".latest-{}", directory.filename().string());
  std::error_code error;
  fs::create_directory_symlink(directory.filename(), fresh, error);
  if (!error) {
    fs::rename(fresh, link, error);
  }
  if (error) {
    fs::remove(fresh, error);
  }
}

}  // namespace faultline::run
