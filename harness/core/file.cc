#include "core/file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "core/error.h"

namespace faultline {

std::optional<std::string> read_file(const std::filesystem::path& path, std::uintmax_t from) {
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return std::nullopt;
  }
  file.seekg(static_cast<std::streamoff>(from));
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return file.bad() ? std::nullopt : std::optional(std::move(text));
}

void write_file(const std::filesystem::path& path, std::string_view text, const std::string& remedy) {
  std::error_code error;
  if (path.has_parent_path()) {
    std::filesystem::create_directories(path.parent_path(), error);
  }
  if (error) {
    throw EnvironmentError(
        fmt::format("cannot make the directory {}: {}", path.parent_path().string(), error.message()),
        remedy);
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    throw EnvironmentError(
        fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno)), remedy);
  }
}

}  // namespace faultline
