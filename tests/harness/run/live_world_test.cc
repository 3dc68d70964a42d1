// What steps can do to the reference service and its servers, for real.

#include "run/live_world.h"

#include <gmock/gmock.h>

#include <csignal>
#include <future>

#include "core/not_ready.h"
#include "loop/loop.h"
#include "process/directory.h"
#include "run/proxy_recorder.h"

namespace faultline::run {
namespace {

using namespace std::chrono_literals;
using steps::Answer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

steps::Request get(std::map<std::string, std::string> headers = {}, std::string tenant = {}) {
  return {"GET", "/api/v1/jobs", "", std::move(headers), std::move(tenant)};
}

class LiveWorldTest : public ::testing::Test {
 protected:
  static scenario::Scenario of_settler() {
    scenario::Scenario scenario;
    scenario.service.use = "settler";
    scenario.service.directory = "/";
    scenario.dependencies = {{"postgres"}, {"redis"}, {"stripe"}, {"shopify"}};
    return scenario;
  }
  std::filesystem::path logs() const {
    std::filesystem::create_directory(directory_.path() / "logs");
    return directory_.path() / "logs";
  }
  Answer sql(const std::string& statement) { return world_.sql(statement, 10s); }

  process::Guardian guardian_;
  process::Directory directory_{guardian_, "live-world-test"};
  const scenario::Scenario scenario_ = of_settler();
  Stop stop_;
  stream::TraceCauses causes_;
  ProxyRecorders recorders_;
  Journal journal_{directory_.path() / "journal.ndjson", monotonic_now()};
  Environment environment_{
      scenario_,
      logs(),
      transport::Kind::automatic,
      causes_,
      [this](const std::string& name) -> stream::Observer& { return recorders_.of(name); },
      [](const result::StartUp&) {},
      stop_};
  Rules rules_{scenario_.faults, [](const auto&, const auto&, const auto&) {}, [](const auto&, bool) {},
               journal_.producer("faults"), [] { return monotonic_now(); }};
  LiveWorld world_{environment_, rules_, stop_};
};

TEST_F(LiveWorldTest, RunsCommandsAsTheServiceIsRun) {
  const Answer status = world_.run({"settler", "migrate", "status"}, 60s);
  EXPECT_TRUE(status.ok) << status.text;
  EXPECT_EQ(status.status, 0);
  EXPECT_THAT(status.text, MatchesRegex("1 [a-z_]+ applied (.|\n)*"));

  EXPECT_EQ(world_.run({"printenv", "DATABASE_URL"}, 60s).text,
            environment_.addresses().proxied.at("postgres"));
  EXPECT_EQ(world_.run({"pwd"}, 60s).text, "/");
  EXPECT_EQ(world_.run({"sh", "-c", "exit 4"}, 60s).status, 4);
  EXPECT_EQ(world_.run({"sh", "-c", "kill -TERM $$"}, 60s).status, 128 + SIGTERM);

  const Answer endless = world_.run({"sh", "-c", "echo at it; exec sleep 600"}, 500ms);
  EXPECT_FALSE(endless.ok);
  EXPECT_EQ(endless.text, "did not end within 500ms\nat it");

  const Answer absent = world_.run({"no-such-program"}, 60s);
  EXPECT_FALSE(absent.status);
  EXPECT_THAT(absent.text, HasSubstr("no-such-program"));
}

TEST_F(LiveWorldTest, AsksTheServiceAsATenantOrWithAKeyOfItsOwn) {
  EXPECT_EQ(world_.http(get(), 10s).status, 200);
  EXPECT_EQ(world_.http(get({}, "tenant-b"), 10s).status, 200);
  EXPECT_EQ(world_.http(get({{"x-api-key", "wrong"}}), 10s).status, 401) << "in the place of the tenant's";

  steps::Request job = get({}, "tenant-b");
  job.method = "POST";
  job.body = R"({
    "name": "of-b",
    "source": { "adapter": "stripe", "config": { "apiKey": "sk_test" } },
    "target": { "adapter": "shopify", "config": { "apiKey": "test", "shopDomain": "test-shop.myshopify.com" } },
    "rules": { "matching": [{ "field": "order_id", "type": "exact" }] }
  })";
  const Answer made = world_.http(job, 10s);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_THAT(world_.http(get({}, "tenant-b"), 10s).text, HasSubstr("of-b"));
  EXPECT_THAT(world_.http(get(), 10s).text, ::testing::Not(HasSubstr("of-b")));
}

TEST_F(LiveWorldTest, ShowsRowsAndComparesTheFirstValue) {
  const Answer rows = sql("SELECT n, 'row ' || n, NULL FROM generate_series(1, 12) n");
  EXPECT_EQ(rows.value, "1");
  EXPECT_THAT(rows.text, MatchesRegex("1 \\| row 1 \\| \n2 \\| row 2 \\| \n(.|\n)*\n10 \\| row 10 \\| "));
  EXPECT_EQ(sql("SELECT 1 WHERE false").value, "");
  EXPECT_EQ(sql("SELECT NULL").value, "");
  EXPECT_THAT(sql("SELECT calls, query FROM pg_stat_statements ORDER BY calls DESC").text, HasSubstr(" | "));
}

TEST_F(LiveWorldTest, RestartsTheServiceWithOtherVariablesFromThenOn) {
  world_.restart("service", {{{"API_KEY", "other:tenant-z:standard"}}, {}});
  EXPECT_EQ(world_.http(get(), 10s).status, 401);
  EXPECT_EQ(world_.http(get({{"X-API-Key", "other"}}), 10s).status, 200);
  EXPECT_EQ(world_.run({"printenv", "API_KEY"}, 60s).text, "other:tenant-z:standard");
  world_.restart("service", {});
  EXPECT_EQ(world_.http(get({{"X-API-Key", "other"}}), 10s).status, 200) << "a later restart keeps it";
}

TEST_F(LiveWorldTest, LeavesAServiceThatDoesNotBecomeReadyUntilTheNextRestart) {
  try {
    world_.restart("service", {{{"DB_POOL_SIZE", "many"}}, {}});
    FAIL() << "it must refuse the setting";
  } catch (const NotReadyError& error) {
    EXPECT_EQ(error.how, "service exited with status 2 before it was ready");
  }
  EXPECT_FALSE(world_.http(get(), 10s).ok);
  const std::string port = environment_.addresses().variables.at("PORT");
  try {
    world_.restart("service", {{{"DB_POOL_SIZE", "5"}, {"PORT", "0"}}, 300ms});
    FAIL() << "it listens where nobody looks";
  } catch (const NotReadyError& error) {
    EXPECT_EQ(error.how, "service was not ready within 0.3 s");
  }
  world_.restart("service", {{{"PORT", port}}, {}});
  EXPECT_TRUE(world_.http(get(), 10s).ok);
}

TEST_F(LiveWorldTest, RunsCommandsWhileARestartWaits) {
  auto restart = std::async(std::launch::async, [this] {
    EXPECT_THROW(world_.restart("service", {{{"PORT", "0"}}, 600s}), EnvironmentError)
        << "until it is stopped";
  });
  while (world_.run({"printenv", "PORT"}, 60s).text != "0") {
  }
  EXPECT_EQ(restart.wait_for(0s), std::future_status::timeout);
  stop_.request(0);
}

TEST_F(LiveWorldTest, StopsAProcessAsAnOperatorWould) {
  for (const std::string process : {"service", "postgres", "redis"}) {
    const Answer stopped = world_.stop(process, 60s);
    EXPECT_TRUE(stopped.ok) << process << ": " << stopped.text;
    EXPECT_EQ(stopped.text, "exited with status 0") << process;
    const Answer again = world_.stop(process, 60s);
    EXPECT_FALSE(again.ok) << process;
    EXPECT_EQ(again.text, "it was not running") << process;
  }
  EXPECT_FALSE(sql("SELECT 1").ok);
  for (const std::string process : {"redis", "postgres", "service"}) {
    world_.restart(process, {});
  }
  EXPECT_TRUE(world_.http(get(), 10s).ok);

  world_.signal("service", SIGSTOP);
  const Answer hung = world_.stop("service", 100ms);
  EXPECT_FALSE(hung.ok);
  EXPECT_EQ(hung.text, "did not end within 100ms, and was killed");
}

TEST_F(LiveWorldTest, PutsBackWhatWasDumped) {
  EXPECT_THAT(world_.restore("postgres", 60s).text, HasSubstr("there is no dump of postgres"));
  ASSERT_TRUE(sql("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n").ok);
  const std::string tables =
      sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").value.value_or("");
  const Answer dumped = world_.dump("postgres", 60s);
  ASSERT_TRUE(dumped.ok) << dumped.text;
  EXPECT_THAT(dumped.text, MatchesRegex("dumped " + tables + " tables, [0-9]+ bytes"));

  // What came later goes, even where what was dumped hangs on it.
  ASSERT_TRUE(sql("DELETE FROM kept WHERE n > 10").ok);
  ASSERT_TRUE(sql("ALTER TABLE kept ADD PRIMARY KEY (n); CREATE TABLE later (n int REFERENCES kept)").ok);
  ASSERT_TRUE(sql("CREATE SCHEMA other; CREATE VIEW other.seen AS SELECT * FROM kept").ok);
  const Answer restored = world_.restore("postgres", 60s);
  ASSERT_TRUE(restored.ok) << restored.text;
  EXPECT_THAT(restored.text, MatchesRegex("restored " + tables + " tables, [0-9]+ bytes"));
  EXPECT_EQ(sql("SELECT count(*) FROM kept").value, "1000");
  EXPECT_FALSE(sql("SELECT * FROM later").ok);
  EXPECT_FALSE(sql("SELECT * FROM other.seen").ok);
  EXPECT_TRUE(sql("SELECT count(*) FROM pg_stat_statements").ok)
      << sql("SELECT count(*) FROM pg_stat_statements").text;
  EXPECT_EQ(world_.http(get(), 10s).status, 200) << "the service goes on with it";

  EXPECT_TRUE(world_.dump("postgres", 60s).ok) << "and it can be dumped and restored again";
  EXPECT_TRUE(world_.restore("postgres", 60s).ok);
  ASSERT_TRUE(world_.stop("postgres", 60s).ok);
  const Answer down = world_.dump("postgres", 60s);
  EXPECT_FALSE(down.ok);
  EXPECT_THAT(down.text, AllOf(HasSubstr("pg_dump: error"), HasSubstr("refused")));
}

}  // namespace
}  // namespace faultline::run
