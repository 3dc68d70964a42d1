#include "core/beside.h"

#include <vector>

namespace faultline {

std::optional<std::filesystem::path> find_beside(const std::filesystem::path& file, const std::string& kind,
                                                 const std::string& name) {
  const std::filesystem::path folder = file.parent_path();
  std::vector<std::filesystem::path> candidates;
  if (name.ends_with(".toml")) {
    candidates = {folder / name};
  } else {
    candidates = {folder / kind / (name + ".toml"), folder / ".." / kind / (name + ".toml")};
  }
  for (const auto& candidate : candidates) {
    if (std::filesystem::is_regular_file(candidate)) {
      return candidate.lexically_normal();
    }
  }
  return std::nullopt;
}

}  // namespace faultline
