#pragma once
// Runs the program as a user does, and keeps what it said.

#include <filesystem>
#include <string>
#include <vector>

#include "scratch.h"

namespace faultline::e2e {

struct Said {
  int status = -1;  // as a shell gives it
  std::string out;  // standard output
  std::string err;  // standard error
};

/// Runs build/NAME with these arguments, in the source directory, without a terminal.
Said run(const std::vector<std::string>& arguments, const std::string& name = "faultline");

/// Runs a line of shell in the build directory.
Said shell(const std::string& line);

std::string text_of(const std::filesystem::path& path);

/// Puts the flows and SLOs there that quick.toml refers to.
void add_suites(const Scratch& scratch);

/// tests/e2e/quick.toml with `from` replaced by `to`, both exact; aborts when `from` is not there.
std::string quick(const std::vector<std::pair<std::string, std::string>>& changes = {});
/// The lines from "# WHAT: begin" to "# WHAT: end" of quick.toml, to be taken out.
std::string part_of_quick(const std::string& what);

}  // namespace faultline::e2e
