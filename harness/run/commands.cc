#include "run/commands.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <fstream>

#include "loop/loop.h"

namespace faultline::run {

namespace fs = std::filesystem;

namespace {

constexpr Duration kBetweenLooks = std::chrono::milliseconds(50);  // whether the run was stopped

std::string end_of(const fs::path& path, std::size_t bytes) {
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(path, missing);
  if (missing) {
    return {};
  }
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(size - std::min<std::uintmax_t>(size, bytes)));
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.pop_back();
  }
  return text;
}

struct Removed {
  const fs::path path;
  ~Removed() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

}  // namespace

CommandEnd Commands::run(const Command& command, Duration limit) {
  const Instant deadline = monotonic_now() + limit;
  std::string name;
  {
    const std::lock_guard lock(mutex_);
    name = fmt::format("step-command-{}.out", ++count_);  // a file of its own: commands run side by side
  }
  const Removed output{logs_ / name};
  CommandEnd end;
  {
    const auto child = guardian_.spawn({.name = "the command of a step",
                                        .argv = command.argv,
                                        .environment = command.environment,
                                        .directory = command.directory,
                                        .user = {},
                                        .log = output.path});
    for (Instant now = monotonic_now(); !end.exit && now < deadline && !stop_.requested();
         now = monotonic_now()) {
      end.exit = child->wait_for(std::min(kBetweenLooks, deadline - now));
    }
  }
  end.output = end_of(output.path, kKeptOutput);
  write_log(command, end);
  return end;
}

void Commands::begin(const Command& command) {
  const std::lock_guard lock(mutex_);
  going_on_.push_back(guardian_.spawn({.name = "the command of a step",
                                       .argv = command.argv,
                                       .environment = command.environment,
                                       .directory = command.directory,
                                       .user = {},
                                       .log = logs_ / fmt::format("step-background-{}.log", ++count_)}));
}

void Commands::write_log(const Command& command, const CommandEnd& end) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::lock_guard lock(mutex_);
  std::ofstream(logs_ / "step-commands.log", std::ios::app)
      << fmt::format("== {:%Y-%m-%dT%H:%M:%S}Z {}: {}\n{}{}", now, fmt::join(command.argv, " "),
                     end.exit ? to_text(*end.exit) : "was killed before it ended", end.output,
                     end.output.empty() ? "" : "\n");
}

}  // namespace faultline::run
