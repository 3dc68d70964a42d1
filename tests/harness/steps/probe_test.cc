#include "steps/probe.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted_world.h"

namespace faultline::steps {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// A probe, read from what stands between its braces.
std::unique_ptr<const Probe> probe(const std::string& text) {
  Diagnostics problems;
  Table file = Table::parse("probe = { " + text + " }", "t.toml", problems);
  auto table = file.table("probe");
  auto read = read_probe(*table);
  EXPECT_TRUE(problems.empty()) << text << ": " << (problems.empty() ? "" : to_text(problems.front()));
  return read;
}

// "column message, suggestion" of the only mistake in it.
std::string mistake(const std::string& text) {
  Diagnostics problems;
  Table file = Table::parse("probe = { " + text + " }", "t.toml", problems);
  auto table = file.table("probe");
  read_probe(*table);
  if (problems.size() != 1) {
    return fmt::format("{} mistakes", problems.size());
  }
  const Diagnostic& p = problems.front();
  return fmt::format("{} {}{}", p.place.column, p.message, p.suggestion.empty() ? "" : ", " + p.suggestion);
}

// Whether one look sees it in that answer.
bool sees(const std::string& text, const Answer& answer) {
  ScriptedWorld world;
  world.answer = [&](Duration) { return answer; };
  Watch memory;
  return probe(text)->look(world, memory).seen;
}

TEST(Probe, OfRedisOrSqlWantsAFailureATextOrANumber) {
  const Answer pong{true, "PONG"}, seven{true, "7"}, refused{false, "7: connection refused"};
  EXPECT_TRUE(sees("redis = ['PING'], fails = true", refused));
  EXPECT_FALSE(sees("redis = ['PING'], fails = true", pong));
  EXPECT_TRUE(sees("redis = ['PING'], fails = false", pong));
  EXPECT_TRUE(sees("redis = ['PING'], equals = 'PONG'", pong));
  EXPECT_FALSE(sees("redis = ['PING'], equals = 'PON'", pong)) << "the whole text";
  EXPECT_TRUE(sees("redis = ['LLEN', 'q'], is = '> 5'", seven));
  EXPECT_FALSE(sees("redis = ['LLEN', 'q'], is = '> 7'", seven));
  EXPECT_FALSE(sees("redis = ['LLEN', 'q'], is = '!= 5'", pong)) << "what is no number differs from none";
  EXPECT_FALSE(sees("redis = ['LLEN', 'q'], is = '!= 5'", refused)) << "an error is no number";
  EXPECT_TRUE(sees("sql = 'SELECT 7', is = '== 7'", seven));
  EXPECT_TRUE(sees("sql = 'SELECT 7', fails = true", refused));
}

TEST(Probe, OfSqlComparesTheFirstValueAndFindsATextInAnyRow) {
  const Answer rows{.ok = true, .text = "7 | locked\n8 | idle", .status = {}, .value = "7"};
  EXPECT_TRUE(sees("sql = 'SELECT a, b FROM t', is = '== 7'", rows));
  EXPECT_TRUE(sees("sql = 'SELECT a, b FROM t', equals = '7'", rows));
  EXPECT_TRUE(sees("sql = 'SELECT a, b FROM t', contains = '8 | idle'", rows));
  ScriptedWorld world;
  world.answer = [&](Duration) -> const Answer& { return rows; };
  Watch memory;
  EXPECT_EQ(probe("sql = 'SELECT a, b FROM t', contains = 'idle'")->look(world, memory).text, "8 | idle")
      << "the line in which it is";
  EXPECT_EQ(probe("sql = 'SELECT a, b FROM t', contains = 'gone'")->look(world, memory).text, "7 | locked");
  EXPECT_FALSE(sees("sql = 'SELECT a, b FROM t', equals = '7 | locked'", rows)) << "the value, not the row";
  EXPECT_TRUE(
      sees("sql = 'SELECT 1', equals = ''", Answer{.ok = true, .text = "", .status = {}, .value = ""}));
}

TEST(Probe, OfACommandWantsAStatusATextOrANumber) {
  const Answer pending{true, "1 jobs applied\n2 audit pending", 0}, seven{true, "7", 0},
      broken{false, "cannot connect", 1};
  EXPECT_TRUE(sees("run = ['settler', 'migrate', 'status'], contains = '2 audit pending'", pending));
  EXPECT_FALSE(sees("run = ['settler', 'migrate', 'status'], contains = 'failed'", pending));
  EXPECT_TRUE(sees("run = ['x'], status = 0", pending));
  EXPECT_TRUE(sees("run = ['x'], status = 1, contains = 'connect'", broken));
  EXPECT_FALSE(sees("run = ['x'], status = 0", broken));
  EXPECT_TRUE(sees("run = ['x'], fails = true", broken));
  EXPECT_FALSE(sees("run = ['x'], fails = true", pending));
  EXPECT_TRUE(sees("run = ['x'], is = '> 6'", seven));
  EXPECT_TRUE(sees("run = ['x'], equals = '7'", seven));
  EXPECT_FALSE(sees("run = ['x'], fails = true", Answer{false, "cannot start x"}))
      << "a program that is not there shows nothing";

  ScriptedWorld world;
  world.answer = [&](Duration) -> const Answer& { return broken; };
  Watch memory;
  const auto status = probe("run = ['x', 'y'], status = 0");
  EXPECT_EQ(status->look(world, memory).text, "exit status 1: cannot connect");
  EXPECT_EQ(status->describe(), "run x y status 0");
  EXPECT_THAT(world.asked, ElementsAre("run x y within 10s"));
}

TEST(Probe, OfHttpMaySayWhoAsks) {
  ScriptedWorld world;
  Watch memory;
  const auto asks =
      probe("http = 'GET /x', headers = { X-Admin-Key = 'secret' }, tenant = 'tenant-b', status = 200");
  asks->look(world, memory);
  EXPECT_THAT(world.asked, ElementsAre("GET /x (X-Admin-Key: secret) as tenant-b"));
  EXPECT_EQ(asks->describe(), "GET /x as tenant-b status 200");
  EXPECT_EQ(asks->tenant, "tenant-b");
}

TEST(Probe, OfHttpWantsAStatusAndAText) {
  const Answer degraded{true, "{\"status\":\"degraded\"}", 200}, refused{false, "degraded"},
      unready{false, "degraded", 503};
  EXPECT_TRUE(sees("http = 'GET /readyz', status = 200, contains = 'degraded'", degraded));
  EXPECT_FALSE(sees("http = 'GET /readyz', status = 200, contains = 'well'", degraded));
  EXPECT_FALSE(sees("http = 'GET /readyz', status = 200, contains = 'degraded'", unready))
      << "both must hold";
  EXPECT_TRUE(sees("http = 'GET /readyz', contains = 'degraded'", unready)) << "whatever the status";
  EXPECT_FALSE(sees("http = 'GET /readyz', contains = 'degraded'", refused)) << "an error is no answer";
  EXPECT_TRUE(sees("http = 'GET /readyz', fails = true", unready));
  EXPECT_TRUE(sees("http = 'GET /readyz', fails = true", refused));
}

TEST(Probe, AsksWhatItSays) {
  ScriptedWorld world;
  Watch memory;
  for (const char* text : {"redis = ['GET', 'a'], fails = true", "sql = 'SELECT 1', fails = true",
                           "http = 'POST /x?y=1', fails = true", "metric = 'm', is = '> 0'",
                           "log = 'service', contains = 'x'"}) {
    probe(text)->look(world, memory);
  }
  EXPECT_THAT(world.asked,
              ElementsAre("redis GET a", "sql SELECT 1", "POST /x?y=1", "GET /metrics", "log service"));
  EXPECT_EQ(probe("redis = ['PING'], fails = true")->describe(), "redis PING fails");
  EXPECT_EQ(probe("http = 'GET /readyz', status = 200, contains = 'x'")->describe(),
            "GET /readyz status 200 and contains 'x'");
}

TEST(Probe, OfALogShowsTheLineThatSaysIt) {
  ScriptedWorld world;
  world.log_text = "started\nwarn: redis unavailable, going on\nnext\n";
  Watch memory;
  const Sighting sighting = probe("log = 'service', contains = 'redis unavailable'")->look(world, memory);
  EXPECT_TRUE(sighting.seen);
  EXPECT_EQ(sighting.text, "warn: redis unavailable, going on");
  EXPECT_FALSE(probe("log = 'service', contains = 'postgres'")->look(world, memory).seen);
}

TEST(Probe, OfAMetricComparesTheSumAndMissesASeriesThatIsNotThere) {
  const Answer metrics{true, "up{node=\"a\"} 1\nup{node=\"b\"} 1\n", 200};
  EXPECT_TRUE(sees("metric = 'up', is = '== 2'", metrics));
  EXPECT_TRUE(sees("metric = 'up{node=\"a\"}', is = '== 1'", metrics));
  EXPECT_FALSE(sees("metric = 'up', is = '== 2'", Answer{false, metrics.text, 503})) << "a page of an error";

  ScriptedWorld world;
  world.answer = [&](Duration) -> const Answer& { return metrics; };
  Watch memory;
  const Sighting absent = probe("metric = 'down', is = '!= 7'")->look(world, memory);
  EXPECT_FALSE(absent.seen) << "what is not there differs from no number";
  EXPECT_EQ(absent.text, "/metrics has no series down");
}

TEST(Probe, OfARateTakesItOverTheWatchAndNotOverLessThanASecond) {
  ScriptedWorld world;  // 100 at the start, and 6 more a second
  world.answer = [](Duration t) {
    return Answer{true, fmt::format("misses_total {}\n", 100 + 6 * seconds(t)), 200};
  };
  const auto above_5 = probe("metric = 'misses_total', rate = '> 5', within = '5s'");
  const Watched watched = watch(*above_5, world);
  EXPECT_TRUE(watched.last.seen);
  EXPECT_EQ(watched.last.text, "6/s");
  EXPECT_EQ(watched.at, Instant(1s)) << "the first look that is a second after the first of all";

  const Watched too_high = watch(*probe("metric = 'misses_total', rate = '> 6.5', within = '2s'"), world);
  EXPECT_FALSE(too_high.last.seen);
  EXPECT_EQ(too_high.last.text, "6/s");
}

TEST(Probe, OfARateBeginsAnewWithACounterThatWentBack) {
  ScriptedWorld world;  // restarted after 1.5 s, having gone up by 1 a second; then 10 a second
  world.answer = [](Duration t) {
    const double value = t < 1500ms ? 100 + seconds(t) : 10 * (seconds(t) - 1.5);
    return Answer{true, fmt::format("c {}\n", value), 200};
  };
  const Watched watched = watch(*probe("metric = 'c', rate = '> 9', within = '5s'"), world);
  EXPECT_TRUE(watched.last.seen) << watched.last.text;
  EXPECT_EQ(watched.last.text, "10/s");
  EXPECT_EQ(watched.at, Instant(2500ms)) << "a second after the restart was seen";
}

TEST(Watch, LooksEvery100MillisecondsUntilItIsSeen) {
  ScriptedWorld world;
  world.answer = [](Duration t) { return t < 250ms ? Answer{false, "refused"} : Answer{true, "PONG"}; };
  const Watched watched = watch(*probe("redis = ['PING'], equals = 'PONG', within = '2s'"), world);
  EXPECT_TRUE(watched.last.seen);
  EXPECT_EQ(watched.looks, 4);
  EXPECT_EQ(watched.at, Instant(300ms));
  EXPECT_FALSE(watched.interrupted);
}

TEST(Watch, LooksOnceMoreWhenTheTimeHasPassed) {
  ScriptedWorld world;
  world.answer = [](Duration) { return Answer{false, "refused"}; };
  const Watched watched = watch(*probe("redis = ['PING'], equals = 'PONG', within = '250ms'"), world);
  EXPECT_FALSE(watched.last.seen);
  EXPECT_EQ(watched.last.text, "refused");
  EXPECT_THAT(world.answer_times, ElementsAre(0ms, 100ms, 200ms, 250ms));
}

TEST(Watch, WithoutTimeIsOneLook) {
  ScriptedWorld world;
  const Watched watched = watch(*probe("redis = ['PING'], fails = true"), world);
  EXPECT_EQ(watched.looks, 1);
}

TEST(Watch, GivesUpWhenTheRunIsStopped) {
  ScriptedWorld world;
  world.stop_after = 300ms;
  const Watched watched = watch(*probe("redis = ['PING'], fails = true, within = '5s'"), world);
  EXPECT_TRUE(watched.interrupted);
  EXPECT_EQ(watched.looks, 3);
}

TEST(ReadProbe, PointsAtWhatIsWrong) {
  EXPECT_EQ(mistake("reddis = ['PING'], fails = true"),
            "20 a probe has one of redis, sql, http, run, metric, log, did you mean 'redis'?");
  EXPECT_EQ(mistake("redis = ['PING'], sql = 'SELECT 1', fails = true"),
            "35 a probe has one of 'redis' and 'sql'");
  EXPECT_EQ(mistake("redis = ['PING']"), "9 a probe needs a condition: fails, equals, is, contains");
  EXPECT_EQ(mistake("redis = ['PING'], fails = true, witin = '2s'"),
            "43 unknown key 'witin', did you mean 'within'?");
  EXPECT_EQ(mistake("redis = ['PING'], is = 'five'"),
            "34 'five' is not a comparison such as \"> 5\" or \"== 0\"");
  EXPECT_THAT(mistake("redis = ['PING'], fails = true, is = '> 5'"), HasSubstr("can want nothing else"));
  EXPECT_THAT(mistake("redis = [], fails = true"), HasSubstr("a Redis command is an array"));
  EXPECT_THAT(mistake("http = 'GTE /x', status = 200"), HasSubstr("did you mean 'GET'?"));
  EXPECT_THAT(mistake("http = 'GET x', status = 200"), HasSubstr("'x' is no path"));
  EXPECT_THAT(mistake("http = 'GET /x', status = 20"), HasSubstr("20 is no HTTP status"));
  EXPECT_THAT(mistake("run = 'df -h', status = 0"), HasSubstr("a command is an array of strings"));
  EXPECT_THAT(mistake("run = ['x'], status = 300"), HasSubstr("300 is no exit status"));
  EXPECT_THAT(mistake("metric = 'a b', is = '> 5'"), HasSubstr("'a b' is not a metric"));
  EXPECT_THAT(mistake("metric = 'a'"), HasSubstr("one of 'is' and 'rate'"));
  EXPECT_THAT(mistake("metric = 'a', rate = '> 5'"), HasSubstr("cannot be seen in less than 1s"));
  EXPECT_THAT(mistake("metric = 'a', rate = '> 5', within = '900ms'"),
              HasSubstr("cannot be seen in less than 1s"));
  EXPECT_THAT(mistake("log = 'servise', contains = 'x'"), HasSubstr("did you mean 'service'?"));
  EXPECT_THAT(mistake("log = 'service', contains = ''"), HasSubstr("every log contains nothing"));
}

}  // namespace
}  // namespace faultline::steps
