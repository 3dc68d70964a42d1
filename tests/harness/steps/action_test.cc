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
  world.answer = [](Duration) { return Answer{.ok = true, .text = "", .status = 0}; };
  for (const char* text :
       {"restart = 'redis'", "kill = 'postgres', signal = 'TERM'", "kill = 'redis'", "pause = 'service'",
        "resume = 'service'", "delete_data = 'redis'", "stop = 'redis'", "dump = 'postgres'",
        "restore = 'postgres', within = '30s'", "run = ['settler', 'migrate', 'down']",
        "run = ['sleep', '9'], background = true", "restart = 'service', killed = true",
        "fill_disk = 'postgres', free = '1MiB'", "free_disk = 'postgres'", "lift = 'redis-refuses'",
        "redis = ['FLUSHALL']", "sql = 'DELETE FROM jobs'",
        "http = 'POST /admin/flush', body = '{\"all\":true}'"}) {
    EXPECT_TRUE(action(text)->act(world).ok) << text;
  }
  EXPECT_THAT(world.asked,
              ElementsAre("restart redis", "signal 15 postgres", "signal 9 redis", "signal 19 service",
                          "signal 18 service", "delete data of redis", "stop redis within 10s",
                          "dump postgres within 10s", "restore postgres within 30s",
                          "run settler migrate down within 10s", "begin sleep 9", "signal 9 service",
                          "restart service", "fill disk of postgres but for 1048576", "free disk of postgres",
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
  EXPECT_EQ(restarted.text, "redis cannot be started");

  world.answer = [](Duration) { return Answer{false, "permission denied"}; };
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

TEST(Action, OfHttpMaySayWhoAsksAndKeepsHeadersToItself) {
  ScriptedWorld world;
  const auto flush =
      action("http = 'POST /x', headers = { X-Admin-Key = 'secret', X-Try = 2 }, tenant = 'tenant-b'");
  flush->act(world);
  EXPECT_THAT(world.asked, ElementsAre("POST /x (X-Admin-Key: secret) (X-Try: 2) as tenant-b"));
  EXPECT_EQ(flush->describe(), "POST /x as tenant-b");
  EXPECT_EQ(flush->tenant, "tenant-b");
}

TEST(Action, OfACommandWantsTheStatusThatItNamesAndShowsItsLastWords) {
  ScriptedWorld world;
  world.answer = [](Duration) { return Answer{false, "trying\ncannot reach it\n", 1}; };
  const Answer failed = action("run = ['x']")->act(world);
  EXPECT_FALSE(failed.ok);
  EXPECT_EQ(failed.text, "exit status 1: cannot reach it");
  EXPECT_TRUE(action("run = ['x'], status = 1")->act(world).ok) << "an error that was asked for";
  world.answer = [](Duration) { return Answer{true, "", 0}; };
  EXPECT_FALSE(action("run = ['x'], status = 1")->act(world).ok);
  EXPECT_EQ(action("run = ['x']")->act(world).text, "exit status 0");
  world.answer = [](Duration) { return Answer{false, "cannot start x"}; };
  EXPECT_FALSE(action("run = ['x']")->act(world).ok) << "it never ran";
  EXPECT_EQ(action("run = ['x', 'y']")->describe(), "run x y");
  world.asked.clear();
  action("run = ['x'], within = '45s'")->act(world);
  EXPECT_THAT(world.asked, ElementsAre("run x within 45s"));
}

TEST(Action, RestartsTheServiceWithOtherVariables) {
  ScriptedWorld world;
  const auto hotfix =
      action("restart = 'service', env = { POOL_SIZE = 20, TOKEN = 'secret' }, within = '5s'");
  EXPECT_TRUE(hotfix->act(world).ok);
  EXPECT_THAT(world.asked, ElementsAre("restart service POOL_SIZE=20 TOKEN=secret within 5s"));
  EXPECT_EQ(hotfix->describe(), "restart service with other POOL_SIZE, TOKEN");
}

TEST(Action, MayWantARestartThatIsRefused) {
  ScriptedWorld world;
  const auto refused = action("restart = 'service', fails = true");
  EXPECT_EQ(refused->describe(), "restart service fails");
  EXPECT_FALSE(refused->act(world).ok) << "it became ready";

  world.not_ready = true;
  const Answer answer = refused->act(world);
  EXPECT_TRUE(answer.ok);
  EXPECT_EQ(answer.text, "service was not ready within 10s");
  EXPECT_FALSE(action("restart = 'service'")->act(world).ok);
  EXPECT_THAT(action("restart = 'service'")->act(world).text, HasSubstr("its log"));

  world.not_ready = false;
  world.restart_fails = true;
  EXPECT_FALSE(refused->act(world).ok) << "it was not even started";
}

TEST(ReadAction, PointsAtWhatIsWrong) {
  EXPECT_THAT(mistake("restat = 'redis'"), HasSubstr("did you mean 'restart'?"));
  EXPECT_THAT(mistake("restart = 'redi'"), HasSubstr("did you mean 'redis'?"));
  EXPECT_THAT(mistake("lift = 'x', sql = 'y'"), HasSubstr("one of 'lift' and 'sql'"));
  EXPECT_THAT(mistake("http = 'POST /x', body = '{'"), HasSubstr("the body is not JSON"));
  EXPECT_THAT(mistake("http = 'POST /x', status = 2000"), HasSubstr("2000 is no HTTP status"));
  EXPECT_THAT(mistake("run = 'settler migrate down'"), HasSubstr("a command is an array of strings"));
  EXPECT_THAT(mistake("run = []"), HasSubstr("a command is an array of strings"));
  EXPECT_THAT(mistake("run = ['x'], status = 256"), HasSubstr("256 is no exit status"));
  EXPECT_THAT(mistake("restart = 'redis', env = { A = '1' }"),
              HasSubstr("'env' is for a restart of the service"));
  EXPECT_THAT(mistake("restart = 'redis', fails = true"),
              HasSubstr("'fails' is for a restart of the service"));
  EXPECT_THAT(mistake("dump = 'redis'"), HasSubstr("must be one of postgres"));
  EXPECT_THAT(mistake("http = 'POST /x', headers = { 'X Y' = '1' }"), HasSubstr("'X Y' is no header field"));
  EXPECT_THAT(mistake("http = 'POST /x', headers = { X = \"a\\nb\" }"), HasSubstr("'X' is no header field"));
  EXPECT_THAT(mistake("http = 'POST /x', headers = { x-api-key = 'k' }, tenant = 'tenant-b'"),
              HasSubstr("given twice: as 'tenant' and as 'x-api-key'"));
  EXPECT_THAT(mistake("http = 'POST /x', stats = 200"), HasSubstr("did you mean 'status'?"));
}

}  // namespace
}  // namespace faultline::steps
