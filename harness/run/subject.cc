#include "run/subject.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <cstdlib>
#include <sstream>

#include "core/error.h"
#include "core/file.h"

namespace faultline::run {

namespace fs = std::filesystem;

namespace {

fs::path program_beside_ours(const std::string& name) {
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path() / name;
  if (!fs::exists(program)) {
    throw EnvironmentError(fmt::format("there is no {}", program.string()),
                           "it belongs beside the faultline program: build all of it with ci/build");
  }
  return program;
}

// Where a word of the command is a file: as it stands, in the service's directory, or a program on the path.
fs::path file_of(const std::string& word, const fs::path& directory, bool program) {
  std::error_code error;
  for (const fs::path& candidate : {fs::path(word), directory / word}) {
    if (fs::is_regular_file(candidate, error)) {
      return candidate;
    }
  }
  const char* path = program && word.find('/') == std::string::npos ? std::getenv("PATH") : nullptr;
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (fs::is_regular_file(fs::path(folder) / word, error)) {
      return fs::path(folder) / word;
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> command_of(const scenario::Service& service) {
  if (!service.url.empty()) {
    return {};
  }
  return service.run.empty() ? std::vector<std::string>{program_of(service.use)} : service.run;
}

std::string program_of(const std::string& word) {
  return word == "settler" ? program_beside_ours(word).string() : word;
}

Subject subject_of(const scenario::Service& service) {
  const std::vector<std::string> command = command_of(service);
  if (command.empty()) {
    return {service.url, "-"};
  }
  std::string digests;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const fs::path file = file_of(command[i], service.directory, i == 0);
    if (!file.empty()) {
      const std::string bytes = read_file(file).value_or("");
      digests += fmt::format("{:016x}", XXH3_64bits(bytes.data(), bytes.size()));
    }
  }
  return {fmt::format("{}", fmt::join(command, " ")),
          fmt::format("{:016x}", XXH3_64bits(digests.data(), digests.size()))};
}

}  // namespace faultline::run
