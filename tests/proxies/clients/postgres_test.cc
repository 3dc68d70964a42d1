// PostgreSQL's clients do not notice the proxy.

#include <libpq-fe.h>

#include <pqxx/pqxx>

#include "behind.h"
#include "postgres/server.h"
#include "process/directory.h"
#include "protocol/postgres/fingerprint.h"

namespace faultline::stream {
namespace {

class PostgresClients : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    guardian_ = std::make_unique<process::Guardian>();
    directory_ = std::make_unique<process::Directory>(*guardian_, "clients");
    server_ = std::make_unique<postgres::Server>(
        *guardian_, postgres::Options{.log = directory_->path() / "postgres.log"});
  }
  static void TearDownTestSuite() {
    server_.reset();
    directory_.reset();
    guardian_.reset();
  }

  static std::string url(std::uint16_t port, const std::string& database = "app") {
    return "postgresql://faultline:faultline@127.0.0.1:" + std::to_string(port) + "/" + database;
  }
  static std::string ask(const std::string& sql) {
    pqxx::connection connection(server_->url());
    pqxx::nontransaction work(connection);
    const pqxx::result result = work.exec(sql);
    return result.empty() || result.columns() == 0 ? "" : result[0][0].c_str();
  }
  // fingerprint -> calls, as the server counted them
  static std::map<std::string, std::uint64_t> statistics() {
    std::map<std::string, std::uint64_t> calls;
    pqxx::connection connection(server_->url());
    pqxx::nontransaction work(connection);
    std::string buffer;
    for (const pqxx::row& row : work.exec("SELECT query, calls FROM pg_stat_statements "
                                          "WHERE query !~ 'pg_stat_statements_reset'")) {
      calls[std::string(protocol::postgres::fingerprint(row[0].c_str(), buffer))] +=
          row[1].as<std::uint64_t>();
    }
    return calls;
  }
  static void empty() {
    ask("DROP SCHEMA IF EXISTS public CASCADE");
    ask("CREATE SCHEMA public");
  }
  static void same(const std::string& line) {
    expect_the_same(server_->port(), "postgres", empty, [&](std::uint16_t port) {
      const Outcome outcome = shell(line, {{"URL", url(port)}});
      return std::to_string(outcome.status) + "\n" + outcome.said;
    });
  }

  static std::unique_ptr<process::Guardian> guardian_;
  static std::unique_ptr<process::Directory> directory_;
  static std::unique_ptr<postgres::Server> server_;
};

std::unique_ptr<process::Guardian> PostgresClients::guardian_;
std::unique_ptr<process::Directory> PostgresClients::directory_;
std::unique_ptr<postgres::Server> PostgresClients::server_;

TEST_F(PostgresClients, PsqlGetsTheSameOfAScript) {
  same("psql -X \"$URL\" -f psql.sql | sed 's/with PID [0-9]*/with PID N/'");
}

TEST_F(PostgresClients, PsqlCancelsAQueryByCtrlC) {
  same("timeout --foreground -s INT 1 psql -X \"$URL\" -c 'SELECT pg_sleep(60)'");
}

TEST_F(PostgresClients, NpmPgGetsTheSame) {
  same("node postgres.mjs \"$URL\"");
}

TEST_F(PostgresClients, ADumpOfASchemaIsRestoredAndDumpedAgain) {
  // A dump begins and ends with a key drawn for it.
  same(
      "psql -X -q \"$URL\" -f schema.sql; dump=$(pg_dump \"$URL\" | grep -v restrict); "
      "psql -X -q \"$URL\" -c 'DROP SCHEMA public CASCADE' -c 'CREATE SCHEMA public'; "
      "echo \"$dump\" | psql -X -q \"$URL\"; pg_dump \"$URL\" | grep -v restrict");
}

// Every mode of query, and the counts of the server's own statistics.
TEST_F(PostgresClients, PgbenchInEveryModeIsCountedAsTheServerCounts) {
  empty();
  ask("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  ASSERT_EQ(shell("pgbench -q -i \"$URL\"", {{"URL", url(server_->port())}}).status, 0);
  for (const Way& way : ways()) {
    SCOPED_TRACE(way.name);
    for (const std::string mode : {"simple", "extended", "prepared"}) {
      const Behind behind(server_->port(), "postgres", way.kind, way.rechunked);
      ask("SELECT pg_stat_statements_reset()");
      const Outcome outcome =
          shell("pgbench -n -c 4 -t 50 -M " + mode + " \"$URL\"", {{"URL", url(behind.port())}});
      EXPECT_EQ(outcome.status, 0) << outcome.said;
      EXPECT_NE(outcome.said.find("number of failed transactions: 0"), std::string::npos) << outcome.said;
      behind.expect_framed();
      auto counted = behind.calls(), at_server = statistics();
      EXPECT_EQ(counted["BEGIN"], 200U) << "4 clients, 50 transactions each";
      EXPECT_EQ(counted["END"], 200U);
      counted.erase("(start-up)");
      if (mode == "prepared") {
        // Of a utility statement that is executed again PostgreSQL 15 counts the first time only.
        for (auto* calls : {&counted, &at_server}) {
          calls->erase("BEGIN");
          calls->erase("END");
        }
      }
      EXPECT_EQ(counted, at_server) << mode;
    }
  }
}

// Statements sent without waiting for their answers, with one that fails in the middle.
std::string pipeline(std::uint16_t port) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
      PQconnectdb(("host=127.0.0.1 user=faultline password=faultline dbname=app port=" + std::to_string(port))
                      .c_str()),
      &PQfinish);
  std::string got = PQerrorMessage(connection.get());
  PQenterPipelineMode(connection.get());
  const auto send = [&](const std::string& sql) {
    PQsendQueryParams(connection.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0);
  };
  for (int group = 0; group < 20; ++group) {
    for (int i = 0; i < 20; ++i) {
      send(group % 3 == 1 && i == 10 ? "SELECT 1/0" : "SELECT " + std::to_string(group * 100 + i));
    }
    PQpipelineSync(connection.get());
  }
  for (int syncs = 0; syncs < 20;) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection.get()), &PQclear);
    if (!result) {
      continue;
    }
    const ExecStatusType status = PQresultStatus(result.get());
    got += PQresStatus(status);
    if (status == PGRES_TUPLES_OK) {
      got += std::string(" ") + PQgetvalue(result.get(), 0, 0);
    }
    got += "\n";
    syncs += status == PGRES_PIPELINE_SYNC ? 1 : 0;
    if (status == PGRES_FATAL_ERROR && PQstatus(connection.get()) == CONNECTION_BAD) {
      return got + PQerrorMessage(connection.get());
    }
  }
  return got;
}

TEST_F(PostgresClients, LibpqGetsTheSameInPipelineMode) {
  expect_the_same(server_->port(), "postgres", empty, pipeline);
}

std::string transactions(std::uint16_t port) {
  pqxx::connection connection("host=127.0.0.1 user=faultline password=faultline dbname=app port=" +
                              std::to_string(port));
  connection.prepare("add", "INSERT INTO numbers VALUES ($1, $2)");
  {
    pqxx::work work(connection);
    work.exec0("CREATE TABLE numbers (n int, word text)");
    work.commit();
  }
  pqxx::work work(connection);
  for (int i = 0; i < 10; ++i) {
    work.exec_prepared0("add", i, "word " + std::to_string(i));
  }
  work.commit();
  {
    pqxx::work copying(connection);
    pqxx::stream_to rows(copying, "numbers", std::vector<std::string>{"n", "word"});
    for (int i = 10; i < 1'000; ++i) {
      rows << std::make_tuple(i, std::string(100, 'x'));
    }
    rows.complete();
    copying.commit();
  }
  std::string got;
  try {
    pqxx::work failing(connection);
    failing.exec("SELECT * FROM nowhere");
  } catch (const pqxx::sql_error& error) {
    got += error.sqlstate();
  }
  pqxx::work reading(connection);
  for (const pqxx::row& row :
       reading.exec_params("SELECT n, word FROM numbers WHERE n % $1 = 0 ORDER BY n", 50)) {
    got += std::string(" ") + row[0].c_str() + row[1].c_str();
  }
  return got;
}

TEST_F(PostgresClients, LibpqxxGetsTheSame) {
  expect_the_same(
      server_->port(), "postgres", [] { PostgresClients::empty(); }, transactions);
}

}  // namespace
}  // namespace faultline::stream
