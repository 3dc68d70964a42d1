#pragma once
// Files that a file names: a scenario its flows and its objectives, a load test its flows.

#include <filesystem>
#include <optional>
#include <string>

namespace faultline {

/// `NAME` is `KIND/NAME.toml` beside `file` or one folder up (so that suites/playbook/x.toml finds suites/flows/y.toml); a
/// name that ends in .toml is a path from the file's folder.
std::optional<std::filesystem::path> find_beside(const std::filesystem::path& file, const std::string& kind,
                                                 const std::string& name);

}  // namespace faultline
