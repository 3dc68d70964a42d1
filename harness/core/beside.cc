#include "core/beside.h"

#include <algorithm>

namespace faultline {

std::vector<std::filesystem::path> find_all_beside(const std::filesystem::path& file, const std::string& kind,
                                                   const std::string& name,
                                                   const std::vector<std::string>& endings) {
  const std::filesystem::path folder = file.parent_path();
  std::vector<std::filesystem::path> found;
  const auto look_at = [&](const std::filesystem::path& candidate) {
    if (std::filesystem::is_regular_file(candidate)) {
      found.push_back(candidate.lexically_normal());
    }
  };
  if (std::any_of(endings.begin(), endings.end(),
                  [&](const std::string& ending) { return name.ends_with(ending); })) {
    look_at(folder / name);
    if (found.empty()) {
      look_at(folder / kind / std::filesystem::path(name).filename());
    }
    return found;
  }
  for (const std::filesystem::path& in : {folder / kind, folder / ".." / kind}) {
    for (const std::string& ending : endings) {
      look_at(in / (name + ending));
    }
    if (!found.empty()) {
      break;
    }
  }
  return found;
}

std::optional<std::filesystem::path> find_beside(const std::filesystem::path& file, const std::string& kind,
                                                 const std::string& name) {
  const std::vector<std::filesystem::path> found = find_all_beside(file, kind, name, {".toml"});
  return found.empty() ? std::nullopt : std::optional(found.front());
}

}  // namespace faultline
