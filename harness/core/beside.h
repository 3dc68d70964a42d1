#pragma once
// Files that a file names: a scenario its flows and its objectives, a load test its flows.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace faultline {

/// `NAME` is `KIND/NAME.toml` beside `file` or one folder up (so that suites/playbook/x.toml finds suites/flows/y.toml); a
/// name that ends in .toml is a path from the file's folder, or, where nothing is there, `KIND/` and its last part: that is
/// where a run keeps what it was read from.
std::optional<std::filesystem::path> find_beside(const std::filesystem::path& file, const std::string& kind,
                                                 const std::string& name);

/// The same of files that may end in one of several ways (".toml", ".yaml"): every one that is in the first of these
/// folders that has any.
std::vector<std::filesystem::path> find_all_beside(const std::filesystem::path& file, const std::string& kind,
                                                   const std::string& name,
                                                   const std::vector<std::string>& endings);

}  // namespace faultline
