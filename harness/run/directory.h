#pragma once
// What a run leaves behind, and where: runs/<utc>-<scenario>/ unless told otherwise, and runs/latest pointing
// there.

#include <filesystem>
#include <string>

#include "scenario/scenario.h"

namespace faultline::run {

class Directory {
 public:
  /// Makes the directory, which must not exist or be empty, and puts the scenario's files into it.
  /// Throws EnvironmentError that says what to do when it cannot.
  Directory(std::filesystem::path path, const scenario::Scenario& scenario);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path plan() const { return path_ / "plan.ndjson"; }
  std::filesystem::path journal() const { return path_ / "journal.ndjson"; }
  std::filesystem::path result() const { return path_ / "result.json"; }
  std::filesystem::path log(const std::string& process) const { return path_ / "logs" / (process + ".log"); }

 private:
  std::filesystem::path path_;
};

/// runs/<utc>-<name>, not yet taken.
std::filesystem::path default_path(const std::string& scenario_name);
/// Points `latest` beside the directory at it; does nothing where links cannot be made.
void point_latest_at(const std::filesystem::path& directory);

}  // namespace faultline::run
