#include "run/commands.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "core/error.h"
#include "process/directory.h"

namespace faultline::run {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class CommandsTest : public ::testing::Test {
 protected:
  CommandEnd shell(const std::string& line, Duration limit = 60s) {
    return commands_.run({{"sh", "-c", line}, {{"GREETING", "hello"}}, "/"}, limit);
  }
  std::string log() const {
    std::ifstream file(directory_.path() / "step-commands.log");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  process::Guardian guardian_;
  process::Directory directory_{guardian_, "commands-test"};
  Stop stop_;
  Commands commands_{guardian_, directory_.path(), stop_};
};

TEST_F(CommandsTest, SayWhatTheyWroteAndHowTheyEnded) {
  const CommandEnd end = shell("echo $GREETING; pwd; echo trouble >&2; exit 3");
  ASSERT_TRUE(end.exit);
  EXPECT_EQ(end.exit->code, 3);
  EXPECT_EQ(end.output, "hello\n/\ntrouble");
  shell("true");
  EXPECT_THAT(log(), HasSubstr("exit 3: exited with status 3\nhello\n/\ntrouble\n=="));
  EXPECT_THAT(log(), HasSubstr("sh -c true: exited with status 0\n"));
}

TEST_F(CommandsTest, KeepTheEndOfWhatTheyWrote) {
  const CommandEnd end = shell("head -c 200000 /dev/zero | tr '\\0' x; echo end");
  EXPECT_TRUE(end.output.ends_with("xxxend"));
  EXPECT_EQ(end.output.size(), kKeptOutput - 1) << "but for the last line's end";
}

TEST_F(CommandsTest, AreKilledWhenTheirTimeIsOver) {
  const CommandEnd end = shell("echo $$; exec sleep 600", 200ms);
  EXPECT_FALSE(end.exit);
  EXPECT_NE(::kill(std::atoi(end.output.c_str()), 0), 0) << "it is left: " << end.output;
  EXPECT_THAT(log(), HasSubstr("was killed before it ended"));
}

TEST_F(CommandsTest, GoOnInTheBackground) {
  commands_.begin({{"sh", "-c", "echo $GREETING; exec sleep 600"}, {{"GREETING", "hello"}}, "/"});
  EXPECT_EQ(shell("until grep -q hello " + (directory_.path() / "step-background-1.log").string() +
                  "; do sleep 0.01; done; pgrep -f 'sleep 600' >/dev/null && echo there")
                .output,
            "there");
}

TEST_F(CommandsTest, AreKilledWhenTheRunIsStopped) {
  stop_.request(0);
  EXPECT_FALSE(shell("sleep 600", 600s).exit);
}

TEST_F(CommandsTest, LeaveNothingThatTheyStarted) {
  const CommandEnd end = shell("sleep 600 & echo $!");
  EXPECT_EQ(end.exit->code, 0);
  EXPECT_NE(::kill(std::atoi(end.output.c_str()), 0), 0) << "it is left: " << end.output;
}

TEST_F(CommandsTest, ThatAreNotThereAreAnError) {
  EXPECT_THROW(commands_.run({{"no-such-program"}, {}, {}}, 1s), EnvironmentError);
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path())) << "no file is left";
}

}  // namespace
}  // namespace faultline::run
