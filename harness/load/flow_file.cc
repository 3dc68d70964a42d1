#include "load/flow_file.h"

#include <fmt/format.h>

#include <stdexcept>

#include "core/file.h"

namespace faultline::load {

std::filesystem::path beside(const Table& table, const std::string& file) {
  if (file.empty() || std::filesystem::path(file).has_parent_path()) {
    throw std::runtime_error("it must be beside the flow, so that a run can keep both");
  }
  return std::filesystem::path(table.place().file).parent_path() / file;
}

std::string read_file(const std::filesystem::path& path, std::size_t mebibytes_at_most) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) {
    throw std::runtime_error("it cannot be read");
  }
  if (size > mebibytes_at_most << 20) {
    throw std::runtime_error(fmt::format("it is larger than {} MiB", mebibytes_at_most));
  }
  return faultline::read_file(path).value_or("");
}

}  // namespace faultline::load
