#pragma once
// The files that a flow names. They stand beside it, so that a run, which keeps what it was read from, can keep them too.

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/table.h"

namespace faultline::load {

/// Where a file of that name is, beside the file that the table is of. Throws std::runtime_error where it is no plain name.
std::filesystem::path beside(const Table& table, const std::string& file);

/// What it holds. Throws std::runtime_error when it cannot be read, or is larger than that.
std::string read_file(const std::filesystem::path& path, std::size_t mebibytes_at_most);

}  // namespace faultline::load
