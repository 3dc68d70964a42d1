// Nothing outlives the harness, however it ends.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <set>

#include "command.h"
#include "core/journal.h"

#include <nlohmann/json.hpp>

namespace faultline::e2e {
namespace {

using namespace std::chrono_literals;

constexpr auto kGone = 2s;  // what is promised

// Field 4 of /proc/PID/stat (proc(5)); zombies count as gone.
pid_t parent_of(pid_t pid) {
  std::string text = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = text.rfind(')');
  char state = 0;
  int parent = 0;
  if (name_end == std::string::npos ||
      std::sscanf(text.c_str() + name_end + 1, " %c %d", &state, &parent) != 2 || state == 'Z') {
    return 0;
  }
  return parent;
}

std::set<pid_t> descendants(pid_t of) {
  std::set<pid_t> found;
  for (bool more = true; more;) {
    more = false;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const pid_t pid = std::atoi(entry.path().filename().c_str());
      if (pid > 0 && !found.contains(pid)) {
        const pid_t parent = parent_of(pid);
        if (parent == of || found.contains(parent)) {
          found.insert(pid);
          more = true;
        }
      }
    }
  }
  return found;
}

bool alive(pid_t pid) {
  return parent_of(pid) != 0;
}

// A run of quick.toml, started and left alone.
class Started {
 public:
  explicit Started(std::vector<std::string> more = {}) {
    add_suites(scratch_);
    std::vector<std::string> words = {std::string(FAULTLINE_BINARY_DIR) + "/faultline", "run",
                                      scratch_.write("quick.toml", quick()), "--out", run().string()};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addchdir_np(&files, FAULTLINE_SOURCE_DIR);
    const std::string out = scratch_ / "out";
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    EXPECT_EQ(posix_spawn(&pid_, words.front().c_str(), &files, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&files);
  }

  std::filesystem::path run() const { return scratch_ / "run"; }
  std::string said() const { return text_of(scratch_ / "out"); }
  pid_t pid() const { return pid_; }

  // Until the incident is under way, by the journal.
  bool in_the_incident() const {
    for (const auto deadline = std::chrono::steady_clock::now() + 60s;
         std::chrono::steady_clock::now() < deadline;) {
      if (text_of(run() / "journal.ndjson").find("\"phase\":\"incident\",\"edge\":\"begin\"") !=
          std::string::npos) {
        return true;
      }
      usleep(20'000);
    }
    return false;
  }

  int wait() const {
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  Scratch scratch_;
  pid_t pid_ = -1;
};

// Ends the harness with a signal in the middle of the incident, and watches everything that it had started.
void expect_nothing_left(const Started& started, int signal, int status) {
  ASSERT_TRUE(started.in_the_incident()) << started.said();
  const std::set<pid_t> below = descendants(started.pid());
  EXPECT_GE(below.size(), 4U) << "the guardian, PostgreSQL, Redis and the service at the least";
  kill(started.pid(), signal);
  const auto sent = std::chrono::steady_clock::now();
  EXPECT_EQ(started.wait(), status) << started.said();
  std::set<pid_t> left = below;
  while (!left.empty() && std::chrono::steady_clock::now() - sent < kGone) {
    std::erase_if(left, [](pid_t pid) { return !alive(pid); });
    usleep(10'000);
  }
  EXPECT_TRUE(left.empty()) << left.size() << " processes are left, the first is "
                            << text_of("/proc/" + std::to_string(*left.begin()) + "/cmdline");
  EXPECT_GT(read_journal(started.run() / "journal.ndjson").records.size(), 100U)
      << "the journal up to the cut";
}

TEST(End, BySigintTearsEverythingDown) {
  expect_nothing_left(Started(), SIGINT, 130);
}

TEST(End, BySigtermTearsEverythingDown) {
  expect_nothing_left(Started(), SIGTERM, 143);
}

TEST(End, BySigkillLeavesNothingEvenOfAServiceBehindAShellAndNpm) {
  // As `npm start` does: npm, a shell below it, and the service below that. Settler stands in for the service.
  const Scratch scratch;
  scratch.write("package.json",
                "{\"name\":\"x\",\"version\":\"1.0.0\",\"scripts\":{\"start\":\"" FAULTLINE_BINARY_DIR
                "/settler\"}}");
  expect_nothing_left(Started({"--service", "cd " + (scratch / "").string() + " && npm start --silent"}),
                      SIGKILL, 137);
}

}  // namespace
}  // namespace faultline::e2e
