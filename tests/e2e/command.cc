#include "command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace faultline::e2e {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

namespace {

Said spawn(std::vector<std::string> words, const char* directory) {
  const Scratch scratch;
  const std::string out = scratch / "out", err = scratch / "err";
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addchdir_np(&files, directory);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t pid = 0;
  if (posix_spawn(&pid, words.front().c_str(), &files, nullptr, argv.data(), environ) != 0) {
    throw std::runtime_error("cannot start " + words.front());
  }
  posix_spawn_file_actions_destroy(&files);
  int status = 0;
  waitpid(pid, &status, 0);
  return {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), text_of(out), text_of(err)};
}

}  // namespace

Said run(const std::vector<std::string>& arguments, const std::string& name) {
  std::vector<std::string> words = {std::string(FAULTLINE_BINARY_DIR) + "/" + name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return spawn(std::move(words), FAULTLINE_SOURCE_DIR);
}

Said shell(const std::string& line) {
  return spawn({"/bin/sh", "-c", line}, FAULTLINE_BINARY_DIR);
}

void add_suites(const Scratch& scratch) {
  for (const char* file : {"flows/settler-mixed.toml", "slo/settler.toml"}) {
    scratch.write(file, text_of(std::string(FAULTLINE_SOURCE_DIR) + "/suites/" + file));
  }
}

std::string quick(const std::vector<std::pair<std::string, std::string>>& changes) {
  std::string text = text_of(std::string(FAULTLINE_SOURCE_DIR) + "/tests/e2e/quick.toml");
  for (const auto& [from, to] : changes) {
    const auto at = text.find(from);
    if (from.empty() || at == std::string::npos) {
      throw std::runtime_error("quick.toml does not hold: " + from);
    }
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string part_of_quick(const std::string& what) {
  const std::string text = quick(), end = "# " + what + ": end\n";
  const auto from = text.find("# " + what + ": begin\n");
  return text.substr(from, text.find(end) + end.size() - from);
}

}  // namespace faultline::e2e
