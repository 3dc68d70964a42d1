#pragma once
// Whole files, read and written.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace faultline {

/// What is in it from this byte on; nothing when it cannot be read, as a directory cannot.
std::optional<std::string> read_file(const std::filesystem::path& path, std::uintmax_t from = 0);

/// Writes it in the place of what was there, and makes its directory. Throws EnvironmentError with the system's reason,
/// and with this advice.
void write_file(const std::filesystem::path& path, std::string_view text, const std::string& remedy);

}  // namespace faultline
