// PostgreSQL's faults, through libpq and libpqxx: what the client saw, what the server did, and that client and server
// agree about the transaction afterwards.

#include <gmock/gmock.h>
#include <libpq-fe.h>

#include <pqxx/pqxx>

#include "fronted.h"
#include "postgres/server.h"
#include "process/directory.h"

namespace faultline::stream {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Client {
 public:
  explicit Client(std::uint16_t port)
      : connection_(PQconnectdb(postgres::Server::url_at(port).c_str()), &PQfinish) {}

  bool connected() const { return PQstatus(connection_.get()) == CONNECTION_OK; }
  std::string problem() const { return PQerrorMessage(connection_.get()); }
  PGconn* raw() { return connection_.get(); }

  // "OK", the first value, "ERROR 40001 message", or "lost".
  std::string query(const std::string& sql) { return seen(PQexec(raw(), sql.c_str())); }
  // The first thing that the server said: what PQexec gives is the last, and that is the end of the connection.
  std::string first_answer(const std::string& sql) {
    PQsendQuery(raw(), sql.c_str());
    return seen(PQgetResult(raw()));
  }
  std::string query_params(const std::string& sql, std::initializer_list<const char*> values) {
    const std::vector<const char*> list(values);
    return seen(PQexecParams(raw(), sql.c_str(), static_cast<int>(list.size()), nullptr, list.data(), nullptr,
                             nullptr, 0));
  }
  std::string seen(PGresult* result) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> owned(result, &PQclear);
    switch (PQresultStatus(result)) {
      case PGRES_TUPLES_OK:
        return PQntuples(result) == 0 ? "no rows" : PQgetvalue(result, 0, 0);
      case PGRES_COMMAND_OK:
        return PQcmdStatus(result);
      case PGRES_PIPELINE_SYNC:
        return "sync";
      case PGRES_PIPELINE_ABORTED:
        return "skipped";
      default:
        break;
    }
    const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (!code) {
      return "lost";
    }
    return std::string(PQresultErrorField(result, PG_DIAG_SEVERITY)) + " " + code + " " +
           PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  }
  // idle, in a transaction, in one that failed, …
  PGTransactionStatusType transaction() { return PQtransactionStatus(raw()); }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

constexpr const char* kConflict = "ERROR 40001 could not serialize access due to concurrent update";

class PostgresFaults : public testing::TestWithParam<transport::Kind> {
 protected:
  static void SetUpTestSuite() {
    guardian_ = std::make_unique<process::Guardian>();
    directory_ = std::make_unique<process::Directory>(*guardian_, "faults");
    server_ = std::make_unique<postgres::Server>(
        *guardian_, postgres::Options{.log = directory_->path() / "postgres.log"});
  }
  static void TearDownTestSuite() {
    server_.reset();
    directory_.reset();
    guardian_.reset();
  }
  void SetUp() override {
    direct("DROP TABLE IF EXISTS t");
    direct("CREATE TABLE t (id int PRIMARY KEY, name text)");
    direct("SELECT pg_stat_statements_reset()");
  }

  static std::string direct(const std::string& sql) { return Client(server_->port()).query(sql); }
  static std::string rows() { return direct("SELECT count(*) FROM t"); }
  // How often the server executed statements that begin so.
  static std::string executed(const std::string& begin) {
    return direct("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE '" + begin + "%'");
  }
  static Fronted fronted(std::initializer_list<std::string> rules) {
    return {GetParam(), server_->port(), "postgres", rules};
  }

  static std::unique_ptr<process::Guardian> guardian_;
  static std::unique_ptr<process::Directory> directory_;
  static std::unique_ptr<postgres::Server> server_;
};
std::unique_ptr<process::Guardian> PostgresFaults::guardian_;
std::unique_ptr<process::Directory> PostgresFaults::directory_;
std::unique_ptr<postgres::Server> PostgresFaults::server_;
INSTANTIATE_TEST_SUITE_P(On, PostgresFaults, each_transport(), transport_name);

constexpr const char* kErrorOnInsert =
    R"(match = { kind = "INSERT" }, inject = { error = { sqlstate = "40001" } })";

TEST_P(PostgresFaults, ErrorOfAStatementIsTheServersOwnAndTheSessionGoesOn) {
  Fronted proxy = fronted({kErrorOnInsert});
  Client client(proxy.port());
  EXPECT_EQ(client.query("INSERT INTO t VALUES (1, 'a')"), kConflict);
  EXPECT_EQ(client.transaction(), PQTRANS_IDLE);
  EXPECT_EQ(client.query("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(executed("INSERT"), "0");
  EXPECT_THAT(proxy.acted(), ElementsAre("error request INSERT INTO t VALUES ($1, $2) #1"));
  EXPECT_THAT(proxy.unframed(), IsEmpty());
}

TEST_P(PostgresFaults, ErrorWithinATransactionMakesTheCommitARollback) {
  Fronted proxy = fronted(
      {R"(match = { statement = "insert into t values (2*" }, inject = { error = { sqlstate = "deadlock_detected" } })"});
  Client client(proxy.port());
  client.query("BEGIN");
  EXPECT_EQ(client.query("INSERT INTO t VALUES (1, 'a')"), "INSERT 0 1");
  EXPECT_EQ(client.query("INSERT INTO t VALUES (2, 'b')"), "ERROR 40P01 deadlock detected");
  EXPECT_EQ(client.transaction(), PQTRANS_INERROR);
  EXPECT_THAT(client.query("SELECT 1"), HasSubstr("25P02"));
  EXPECT_EQ(client.query("COMMIT"), "ROLLBACK");
  EXPECT_EQ(rows(), "0");
  EXPECT_EQ(client.query("SELECT 1"), "1");
}

TEST_P(PostgresFaults, ErrorOfAnExtendedQuery) {
  Fronted proxy = fronted({kErrorOnInsert});
  Client client(proxy.port());
  EXPECT_EQ(client.query_params("INSERT INTO t VALUES ($1, $2)", {"1", "a"}), kConflict);
  EXPECT_EQ(client.transaction(), PQTRANS_IDLE);
  EXPECT_EQ(client.query_params("SELECT count(*) FROM t WHERE id = $1", {"1"}), "0");
  EXPECT_EQ(executed("INSERT"), "0");
}

TEST_P(PostgresFaults, ErrorInTheMiddleOfAPipelineRollsBackWhatWasBefore) {
  Fronted proxy = fronted(
      {R"(match = { kind = "INSERT", parameters = "2" }, inject = { error = { sqlstate = "40001" } })"});
  Client client(proxy.port());
  ASSERT_EQ(PQenterPipelineMode(client.raw()), 1);
  for (const char* id : {"1", "2", "3"}) {
    const char* values[] = {id};
    PQsendQueryParams(client.raw(), "INSERT INTO t VALUES ($1)", 1, nullptr, values, nullptr, nullptr, 0);
  }
  PQpipelineSync(client.raw());
  std::vector<std::string> got;
  for (int i = 0; i < 3; ++i) {
    got.push_back(client.seen(PQgetResult(client.raw())));
    PQgetResult(client.raw());  // the end of this one
  }
  got.push_back(client.seen(PQgetResult(client.raw())));
  EXPECT_THAT(got, ElementsAre("INSERT 0 1", kConflict, "skipped", "sync"));
  PQexitPipelineMode(client.raw());
  EXPECT_EQ(rows(), "0") << "the first one was not committed";
  EXPECT_EQ(client.query("INSERT INTO t VALUES (7)"), "INSERT 0 1");
}

TEST_P(PostgresFaults, ErrorOfAPreparedStatementLeavesItUsable) {
  Fronted proxy = fronted(
      {R"(when = { nth = 2, of = "run" }, match = { kind = "INSERT" }, inject = { error = { sqlstate = "40001" } })"});
  pqxx::connection connection(postgres::Server::url_at(proxy.port()));
  connection.prepare("put", "INSERT INTO t VALUES ($1)");
  const auto put = [&](int id) {
    pqxx::work work(connection);
    work.exec_prepared("put", id);
    work.commit();
  };
  put(1);
  EXPECT_THROW(put(2), pqxx::serialization_failure);
  put(2);
  EXPECT_EQ(rows(), "2");
}

TEST_P(PostgresFaults, ErrorOfCommitRollsBack) {
  Fronted proxy = fronted({R"(match = { kind = "COMMIT" }, inject = { error = { sqlstate = "40001" } })"});
  Client client(proxy.port());
  client.query("BEGIN");
  client.query("INSERT INTO t VALUES (1)");
  EXPECT_EQ(client.query("COMMIT"), kConflict);
  EXPECT_EQ(client.transaction(), PQTRANS_IDLE);
  EXPECT_EQ(rows(), "0");
  EXPECT_EQ(client.query("SELECT 1"), "1");
}

TEST_P(PostgresFaults, ErrorOfACommitThatIsAnExtendedQuery) {
  Fronted proxy = fronted({R"(match = { kind = "COMMIT" }, inject = { error = { sqlstate = "40001" } })"});
  Client client(proxy.port());
  client.query("BEGIN");
  client.query("INSERT INTO t VALUES (1)");
  EXPECT_EQ(client.query_params("COMMIT", {}), kConflict);
  EXPECT_EQ(client.transaction(), PQTRANS_INERROR) << "as the server's own state is";
  EXPECT_EQ(client.query("ROLLBACK"), "ROLLBACK");
  EXPECT_EQ(rows(), "0");
}

TEST_P(PostgresFaults, AMessageOfOnesOwnMayHoldQuotes) {
  Fronted proxy = fronted(
      {R"(match = { kind = "INSERT" }, inject = { error = { sqlstate = "53100", message = "it's \"full\"" } })"});
  Client client(proxy.port());
  EXPECT_EQ(client.query("INSERT INTO t VALUES (1)"), "ERROR 53100 it's \"full\"");
}

TEST_P(PostgresFaults, FatalErrorEndsTheSessionAndItsTransaction) {
  Fronted proxy =
      fronted({R"(match = { table = "t", kind = "UPDATE" }, inject = { error = { sqlstate = "57P01" } })"});
  Client client(proxy.port());
  client.query("BEGIN");
  client.query("INSERT INTO t VALUES (1)");
  EXPECT_EQ(client.first_answer("UPDATE t SET name = 'x'"),
            "FATAL 57P01 terminating connection due to administrator command");
  EXPECT_EQ(client.query("SELECT 1"), "lost");
  EXPECT_EQ(rows(), "0");
  EXPECT_EQ(Client(proxy.port()).query("SELECT 1"), "1");
}

TEST_P(PostgresFaults, FatalErrorOnTheResponseEdgeComesAfterTheStatementWasDone) {
  Fronted proxy = fronted(
      {R"(edge = "response", match = { kind = "INSERT" }, inject = { error = { sqlstate = "57P01" } })"});
  Client client(proxy.port());
  EXPECT_THAT(client.first_answer("INSERT INTO t VALUES (1)"), HasSubstr("FATAL 57P01"));
  EXPECT_EQ(rows(), "1");
}

TEST_P(PostgresFaults, LoseCommitAnswerAppliesItAndResets) {
  for (const bool extended : {false, true}) {
    direct("TRUNCATE t");
    Fronted proxy = fronted({"inject = { lose_commit_answer = {} }"});
    Client client(proxy.port());
    client.query("BEGIN");
    client.query("INSERT INTO t VALUES (1)");
    EXPECT_EQ(extended ? client.query_params("COMMIT", {}) : client.query("COMMIT"), "lost");
    EXPECT_FALSE(client.connected());
    EXPECT_EQ(rows(), "1") << "it was applied";
    EXPECT_THAT(proxy.acted(), ElementsAre("lose_commit_answer response COMMIT #1"));
    Client next(proxy.port());
    next.query("BEGIN");
    next.query("SELECT 1 / 0");
    EXPECT_EQ(next.query("COMMIT"), "ROLLBACK") << "what was not committed is not lost";
  }
}

TEST_P(PostgresFaults, LoseAnswerOfAStatementOutsideATransaction) {
  for (const bool extended : {false, true}) {
    direct("TRUNCATE t");
    Fronted proxy = fronted({R"(match = { kind = "INSERT" }, inject = { lose_answer = {} })"});
    Client client(proxy.port());
    EXPECT_EQ(client.query("SELECT 1"), "1");
    EXPECT_EQ(extended ? client.query_params("INSERT INTO t VALUES ($1)", {"1"})
                       : client.query("INSERT INTO t VALUES (1)"),
              "lost");
    EXPECT_EQ(rows(), "1") << "it was executed and committed";
    Client next(proxy.port());
    next.query("BEGIN");
    EXPECT_EQ(next.query("INSERT INTO t VALUES (2)"), "INSERT 0 1")
        << "within a transaction nothing is lost yet";
    EXPECT_EQ(next.query("COMMIT"), "COMMIT");
  }
}

TEST_P(PostgresFaults, SlowQueryOnEitherEdge) {
  for (const std::string edge : {"request", "response"}) {
    Fronted proxy = fronted(
        {"edge = \"" + edge +
         R"(", match = { statement_re = "(?i)from t\\b" }, inject = { slow_query = { by = "100ms" } })"});
    Client client(proxy.port());
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(client.query("SELECT count(*) FROM t"), "0");
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(100));
    EXPECT_THAT(proxy.acted(), ElementsAre("delay " + edge + " SELECT count(*) FROM t #1"));
  }
}

TEST_P(PostgresFaults, EmptyResultHasNoRows) {
  direct("INSERT INTO t SELECT n FROM generate_series(1, 1000) AS n");
  Fronted proxy = fronted({R"(match = { table = "t" }, inject = { empty_result = {} })"});
  Client client(proxy.port());
  EXPECT_EQ(client.query("SELECT * FROM t"), "no rows");
  EXPECT_EQ(client.query_params("SELECT * FROM t WHERE id < $1", {"500"}), "no rows");
  EXPECT_EQ(client.query("SELECT 1"), "1");
  pqxx::connection connection(postgres::Server::url_at(proxy.port()));
  pqxx::work work(connection);
  EXPECT_EQ(work.exec("SELECT * FROM t").size(), 0);
}

TEST_P(PostgresFaults, StaleResultGivesTheRowsOfThePreviousEqualQuery) {
  const std::string stale = R"(match = { table = "t", kind = "SELECT" }, inject = { stale_result = {} })";
  direct("INSERT INTO t VALUES (1, 'old')");
  Fronted proxy = fronted({});
  proxy.apply({}, {stale});
  Client client(proxy.port());
  EXPECT_EQ(client.query("SELECT name FROM t"), "old");
  EXPECT_EQ(client.query_params("SELECT name FROM t WHERE id = $1", {"1"}), "old");
  direct("UPDATE t SET name = 'new'");
  proxy.apply({stale});
  EXPECT_EQ(client.query("SELECT name FROM t"), "old");
  EXPECT_EQ(client.query_params("SELECT name FROM t WHERE id = $1", {"1"}), "old");
  EXPECT_EQ(client.query_params("SELECT name FROM t WHERE id = $1", {"2"}), "no rows") << "another parameter";
  proxy.apply({});
  EXPECT_EQ(client.query("SELECT name FROM t"), "new");
}

TEST_P(PostgresFaults, StaleResultSaysThatAResultIsTooLongForIt) {
  Fronted proxy = fronted({R"(match = { table = "t", kind = "SELECT" }, inject = { stale_result = {} })"});
  Client client(proxy.port());
  direct("INSERT INTO t VALUES (1, repeat('x', 100000))");
  EXPECT_EQ(client.query("SELECT name FROM t"), std::string(100'000, 'x'));
  EXPECT_THAT(proxy.acted(), ElementsAre("too long: stale SELECT name FROM t #1"));
  EXPECT_EQ(client.query("SELECT 1"), "1") << "and the connection goes on";
}

TEST_P(PostgresFaults, RefuseLogin) {
  Fronted proxy = fronted({"when = { first = 1, of = \"run\" }, inject = { refuse_login = {} }"});
  Client refused(proxy.port());
  EXPECT_FALSE(refused.connected());
  EXPECT_THAT(refused.problem(), HasSubstr("FATAL:  sorry, too many clients already"));
  EXPECT_EQ(Client(proxy.port()).query("SELECT 1"), "1") << "the next one gets in";
}

TEST_P(PostgresFaults, MatchesByUserDatabaseAndTransaction) {
  Fronted proxy = fronted(
      {R"(match = { user = "nobody" }, inject = { error = { sqlstate = "42501" } })",
       R"(match = { database = "app", user = "faultline", in_transaction = true, kind = "SELECT" }, inject = { error = { sqlstate = "57014" } })"});
  Client client(proxy.port());
  EXPECT_EQ(client.query("SELECT 1"), "1");
  client.query("BEGIN");
  EXPECT_EQ(client.query("SELECT 1"), "ERROR 57014 canceling statement due to statement timeout");
}

TEST_P(PostgresFaults, CutOfARequestAndOfAResult) {
  Fronted before = fronted({R"(edge = "request", match = { kind = "INSERT" }, inject = { cut = {} })"});
  EXPECT_EQ(Client(before.port()).query("INSERT INTO t VALUES (1)"), "lost");
  EXPECT_EQ(rows(), "0");
  Fronted within =
      fronted({R"(match = { kind = "INSERT" }, inject = { cut = { how = "fin", after = "3B" } })"});
  EXPECT_EQ(Client(within.port()).query("INSERT INTO t VALUES (1)"), "lost");
  EXPECT_EQ(rows(), "1");
}

TEST_P(PostgresFaults, CopyIsCutInTheMiddleAndNothingIsStored) {
  Fronted proxy = fronted(
      {R"(edge = "request", match = { kind = "COPY" }, inject = { error = { sqlstate = "53100" } })"});
  pqxx::connection connection(postgres::Server::url_at(proxy.port()));
  pqxx::work work(connection);
  EXPECT_THROW(
      {
        pqxx::stream_to stream(work, "t", std::vector<std::string>{"id"});
        stream << std::make_tuple(1);
        stream.complete();
      },
      std::exception);
  EXPECT_EQ(rows(), "0");
}

}  // namespace
}  // namespace faultline::stream
