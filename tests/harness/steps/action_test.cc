#include "steps/action.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted_world.h"

namespace faultline::steps {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<const Action> action(const std::string& text) {
  Diagnostics problems;
  Table file = Table::parse("do = { " + text + " }", "t.toml", problems);
  auto table = file.table("do");
  auto read = read_action(*table);
  EXPECT_TRUE(problems.empty()) << text << ": " << (problems.empty() ? "" : to_text(problems.front()));
  return read;
}

std::string mistake(const std::string& text) {
  Diagnostics problems;
  Table file = Table::parse("do = { " + text + " }", "t.toml", problems);
  auto table = file.table("do");
  read_action(*table);
  return problems.size() == 1 ? problems.front().message + ", " + problems.front().suggestion
                              : std::to_string(problems.size()) + " mistakes";
}

TEST(Action, DoesWhatItSays) {
  ScriptedWorld world;
  for (const char* text :
       {"restart = 'redis'", "kill = 'postgres', signal = 'TERM'", "kill = 'redis'", "pause = 'service'",
        "resume = 'service'", "delete_data = 'redis'", "fill_disk = 'postgres', free = '1MiB'",
        "free_disk = 'postgres'", "lift = 'redis-refuses'", "redis = ['FLUSHALL']",
        "sql = 'DELETE FROM jobs'", "http = 'POST /admin/flush', body = '{\"all\":true}'"}) {
    EXPECT_TRUE(action(text)->act(world).ok) << text;
  }
  EXPECT_THAT(world.asked, ElementsAre("restart redis", "signal 15 postgres", "signal 9 redis",
                                       "signal 19 service", "signal 18 service", "delete data of redis",
                                       "fill disk of postgres but for 1048576", "free disk of postgres",
                                       "lift redis-refuses", "redis FLUSHALL", "sql DELETE FROM jobs",
                                       "POST /admin/flush {\"all\":true}"));
}

TEST(Action, NamesTheProcessOrTheFaultItNeeds) {
  EXPECT_EQ(action("restart = 'redis'")->process, "redis");
  const auto lift = action("lift = 'redis-refuses'");
  EXPECT_EQ(lift->fault, "redis-refuses");
  EXPECT_EQ(lift->place.column, 15) << "of the name";
  EXPECT_EQ(lift->describe(), "lift redis-refuses");
}

TEST(Action, FailsWithTheReason) {
  ScriptedWorld world;
  world.restart_fails = true;
  const Answer restarted = action("restart = 'redis'")->act(world);
  EXPECT_FALSE(restarted.ok);
  EXPECT_EQ(restarted.text, "redis was not ready within 10s");

  world.answer = [](Duration) { return Answer{false, "permission denied", 0}; };
  const Answer refused = action("sql = 'DELETE FROM jobs'")->act(world);
  EXPECT_FALSE(refused.ok);
  EXPECT_EQ(refused.text, "permission denied");
}

TEST(Action, OfHttpWantsTheStatusThatItNames) {
  ScriptedWorld world;
  world.answer = [](Duration) { return Answer{true, "queued", 202}; };
  EXPECT_FALSE(action("http = 'POST /x', status = 200")->act(world).ok);
  EXPECT_TRUE(action("http = 'POST /x', status = 202")->act(world).ok);
  EXPECT_EQ(action("http = 'POST /x'")->act(world).text, "HTTP 202: queued");
  world.answer = [](Duration) { return Answer{false, "gone", 410}; };
  EXPECT_TRUE(action("http = 'POST /x', status = 410")->act(world).ok) << "an error that was asked for";
}

TEST(ReadAction, PointsAtWhatIsWrong) {
  EXPECT_THAT(mistake("restat = 'redis'"), HasSubstr("did you mean 'restart'?"));
  EXPECT_THAT(mistake("restart = 'redi'"), HasSubstr("did you mean 'redis'?"));
  EXPECT_THAT(mistake("lift = 'x', sql = 'y'"), HasSubstr("one of 'lift' and 'sql'"));
  EXPECT_THAT(mistake("http = 'POST /x', body = '{'"), HasSubstr("the body is not JSON"));
  EXPECT_THAT(mistake("http = 'POST /x', status = 2000"), HasSubstr("2000 is no HTTP status"));
  EXPECT_THAT(mistake("http = 'POST /x', stats = 200"), HasSubstr("did you mean 'status'?"));
}

}  // namespace
}  // namespace faultline::steps
