#include <gmock/gmock.h>

#include "dissected.h"
#include "protocol/postgres/conversation.h"

namespace faultline::protocol::postgres {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::unique_ptr<Protocol> make() {
  return std::make_unique<Postgres>();
}

std::string int32(std::uint32_t value) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes += static_cast<char>((value >> shift) & 0xff);
  }
  return bytes;
}
std::string zero(const std::string& text) {
  return text + '\0';
}

// A message with its type and length.
std::string m(char type, const std::string& fields = "") {
  return type + int32(static_cast<std::uint32_t>(fields.size() + 4)) + fields;
}
std::string packet(std::uint32_t code, const std::string& fields = "") {
  return int32(static_cast<std::uint32_t>(fields.size() + 8)) + int32(code) + fields;
}

constexpr std::uint32_t kVersion3 = 196'608, kSsl = 80'877'103, kGss = 80'877'104, kCancel = 80'877'102;

std::string query(const std::string& sql) {
  return m('Q', zero(sql));
}
std::string parse(const std::string& name, const std::string& sql) {
  return m('P', zero(name) + zero(sql) + std::string(2, '\0'));
}
std::string bind(const std::string& portal, const std::string& statement) {
  return m('B', zero(portal) + zero(statement) + std::string(6, '\0'));
}
std::string execute(const std::string& portal) {
  return m('E', zero(portal) + int32(0));
}
std::string ready(char state = 'I') {
  return m('Z', std::string(1, state));
}
std::string complete(const std::string& tag) {
  return m('C', zero(tag));
}
const std::string kSync = m('S'), kParsed = m('1'), kBound = m('2'),
                  kError = m('E', zero("SERROR") + zero("C40001") + '\0');

std::vector<Turn> session(std::vector<Turn> turns) {
  turns.insert(turns.begin(), {client(packet(kVersion3, zero("user") + zero("me") + '\0')),
                               server(m('R', int32(0)) + m('S', zero("a") + zero("b")) +
                                      m('K', int32(7) + int32(9)) + ready())});
  return turns;
}

// Without the start-up, which is the first call of each session.
std::vector<std::string> calls(const Dissected& found) {
  std::vector<std::string> list = found.calls();
  EXPECT_THAT(list, testing::Contains("(start-up)"));
  list.erase(list.begin());
  return list;
}

TEST(Postgres, PairsSimpleQueriesWithTheirAnswers) {
  const Dissected found = dissect_in_every_way(
      make, session({client(query("SELECT 1") + query("SELECT 'x'; SELECT 2")),
                     server(m('T', "…") + m('D', "row") + complete("SELECT 1") + ready()),
                     server(m('T', "…") + m('D') + complete("SELECT 1") + m('N', "notice") + m('T') + m('D') +
                            complete("SELECT 1") + ready())}));
  EXPECT_THAT(found.unframed, IsEmpty());
  EXPECT_THAT(calls(found), ElementsAre("SELECT $1", "SELECT $1; SELECT $2"));
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3));
}

TEST(Postgres, KnowsWhatAPreparedStatementAndItsPortalMean) {
  const Dissected found = dissect_in_every_way(
      make,
      session({client(parse("one", "SELECT a FROM t WHERE b = $1") + kSync), server(kParsed + ready()),
               client(bind("", "one") + execute("") + bind("p", "one") + execute("p") + execute("p") + kSync),
               server(kBound + complete("SELECT 1") + kBound + m('s') + complete("SELECT 0") + ready()),
               client(parse("", "BEGIN") + bind("", "") + execute("") + kSync),
               server(kParsed + kBound + complete("BEGIN") + ready('T'))}));
  EXPECT_THAT(calls(found),
              ElementsAre("SELECT a FROM t WHERE b = $1", "SELECT a FROM t WHERE b = $1", "BEGIN"))
      << "going on with a portal's rows is no call of its own";
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3, 4, 5));
}

TEST(Postgres, ForgetsAStatementThatIsClosed) {
  const Dissected found =
      dissect_in_every_way(make, session({client(parse("one", "SELECT 1") + m('C', "S" + zero("one")) +
                                                 bind("", "one") + execute("") + kSync),
                                          server(kParsed + m('3') + kError + ready())}));
  EXPECT_THAT(calls(found), ElementsAre("(statement)"));
}

TEST(Postgres, SkipsWithTheServerToTheNextSyncAfterAnError) {
  const Dissected found = dissect_in_every_way(
      make, session({client(parse("", "SELECT 1") + bind("", "") + execute("") + parse("", "SELECT a") +
                            bind("", "") + execute("") + kSync + parse("", "SELECT b") + bind("", "") +
                            execute("") + kSync),
                     server(kError + ready() + kParsed + kBound + complete("SELECT 1") + ready())}));
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3, 4))
      << "the first fails, the second is skipped: its Sync answers";
  EXPECT_EQ(found.messages.back().request, 4U);
  EXPECT_EQ(found.messages[found.messages.size() - 2].operation, "SELECT b");
}

TEST(Postgres, IgnoresTheSyncThatTheServerReadsDuringACopy) {
  // As libpq sends it: Parse, Bind, Execute and Sync at once, and another Sync behind the data.
  const Dissected found = dissect_in_every_way(
      make,
      session({client(parse("", "COPY t FROM STDIN") + bind("", "") + execute("") + kSync),
               server(kParsed + kBound + m('G', std::string(3, '\0'))),
               client(m('d', "1\n") + m('d', "2\n") + m('c') + kSync), server(complete("COPY 2") + ready()),
               client(query("SELECT 1")), server(complete("SELECT 1") + ready())}));
  EXPECT_THAT(calls(found), ElementsAre("COPY t FROM STDIN", "SELECT $1"));
  EXPECT_EQ(found.messages.back().request, 3U) << "the last ReadyForQuery is the last query's";
}

TEST(Postgres, FollowsACopyThatFails) {
  const Dissected found = dissect_in_every_way(
      make, session({client(parse("", "COPY t FROM STDIN") + bind("", "") + execute("") + kSync),
                     server(kParsed + kBound + m('G', std::string(3, '\0'))), client(m('d', "x\n")),
                     server(kError), client(m('c') + kSync), server(ready()), client(query("SELECT 1")),
                     server(complete("SELECT 1") + ready())}));
  EXPECT_EQ(found.messages.back().request, 3U);
  EXPECT_EQ(found.messages.back().operation, "SELECT $1");
}

TEST(Postgres, FollowsASimpleCopyBothWays) {
  const Dissected found = dissect_in_every_way(
      make, session({client(query("COPY t FROM STDIN")), server(m('G', std::string(3, '\0'))),
                     client(m('d', "1\n") + m('f', zero("no"))), server(kError + ready()),
                     client(query("COPY t TO STDOUT")),
                     server(m('H', std::string(3, '\0')) + m('d', "1\n") + m('c') + complete("COPY 1") +
                            ready())}));
  EXPECT_THAT(found.answered(), ElementsAre(1, 2, 3));
}

TEST(Postgres, LeavesWhatNobodyAskedForToNobody) {
  const Dissected found = dissect_in_every_way(
      make, session({server(m('A', int32(1) + zero("channel") + zero("payload"))), client(query("SELECT 1")),
                     server(m('A', int32(1) + zero("channel") + zero("payload")) + complete("SELECT 1") +
                            ready())}));
  for (const Found& message : found.messages) {
    EXPECT_FALSE(message.size > 20 && message.way == Way::to_client && message.request != 0) << message;
  }
  EXPECT_EQ(found.messages.back().request, 2U);
}

TEST(Postgres, CallsAFunctionByItsNumber) {
  const Dissected found = dissect_in_every_way(
      make,
      session({client(m('F', int32(1598) + std::string(8, '\0'))), server(m('V', int32(0)) + ready())}));
  EXPECT_THAT(calls(found), ElementsAre("FunctionCall 1598"));
}

TEST(Postgres, GoesOnWithoutEncryptionWhereTheServerHasNone) {
  std::vector<Turn> turns = {client(packet(kGss)), server("N"), client(packet(kSsl)), server("N")};
  for (const Turn& turn : session({client(query("SELECT 1")), server(complete("SELECT 1") + ready())})) {
    turns.push_back(turn);
  }
  const Dissected found = dissect_in_every_way(make, turns);
  EXPECT_THAT(found.unframed, IsEmpty());
  EXPECT_THAT(calls(found), ElementsAre("SELECT $1"));
}

TEST(Postgres, HandsEncryptionThrough) {
  const Dissected tls =
      dissect_in_every_way(make, {client(packet(kSsl)), server("S"), client("\x16\x03\x01…")});
  EXPECT_EQ(tls.unframed, "TLS");
  EXPECT_TRUE(tls.handed_through);
  const Dissected direct = dissect_in_every_way(make, {client("\x16\x03\x01…")});
  EXPECT_EQ(direct.unframed, "TLS");
  const Dissected gss = dissect_in_every_way(make, {client(packet(kGss)), server("G")});
  EXPECT_EQ(gss.unframed, "GSSAPI encryption");
}

TEST(Postgres, MapsACancelRequestToItsSession) {
  Postgres postgres;
  Conversation session(postgres, 5, nullptr);
  const auto feed = [](Conversation& to, Way way, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const Piece piece = to.next(way, std::span(bytes).subspan(at));
      ASSERT_GT(piece.size, 0U);
      at += piece.size;
    }
  };
  feed(session, Way::to_upstream, packet(kVersion3, zero("user") + zero("me") + '\0'));
  feed(session, Way::to_client, m('R', int32(0)) + m('K', int32(7) + int32(9)) + ready());
  Conversation known(postgres, 6, nullptr), unknown(postgres, 7, nullptr);
  feed(known, Way::to_upstream, packet(kCancel, int32(7) + int32(9)));
  EXPECT_EQ(known.cancels(), 5U);
  feed(unknown, Way::to_upstream, packet(kCancel, int32(7) + int32(8)));
  EXPECT_EQ(unknown.cancels(), 0U);
}

TEST(Postgres, FollowsTheStateOfTheTransaction) {
  Postgres postgres;
  Conversation session(postgres, 1, nullptr);
  EXPECT_EQ(session.transaction(), 0);
  const auto hear = [&](const std::string& bytes) { session.next(Way::to_client, bytes); };
  hear(ready('I'));
  EXPECT_EQ(session.transaction(), 'I');
  hear(ready('T'));
  EXPECT_EQ(session.transaction(), 'T');
  hear(ready('E'));
  EXPECT_EQ(session.transaction(), 'E');
}

TEST(Postgres, StreamsWhatIsLongerThanAHead) {
  const std::string sql = "INSERT INTO t VALUES ('" + std::string(300'000, 'x') + "')";
  Postgres postgres;
  const Dissected found = dissect(
      postgres, session({client(query(sql)), server(m('D', std::string(300'000, 'y')) + ready())}), 10'000);
  EXPECT_THAT(calls(found), ElementsAre("INSERT INTO t VALUES ($1 …"));
  EXPECT_EQ(found.messages[found.messages.size() - 3].size, sql.size() + 6);
  EXPECT_EQ(found.waiting, 0U);
}

TEST(Postgres, DoesNotFrameWhatIsNoPostgres) {
  EXPECT_EQ(dissect_in_every_way(make, {client("GET / HTTP/1.1\r\n\r\n")}).unframed,
            "no start-up packet of PostgreSQL");
  EXPECT_EQ(dissect_in_every_way(make, {client(packet(131'072))}).unframed,
            "not version 3 of the PostgreSQL protocol");
  EXPECT_EQ(dissect_in_every_way(make, session({client("?…")})).unframed,
            "not a PostgreSQL message from the client");
  EXPECT_EQ(dissect_in_every_way(make, session({server("?…")})).unframed,
            "not a PostgreSQL message from the server");
  EXPECT_EQ(dissect_in_every_way(make, session({client("Q" + int32(3))})).unframed,
            "not the length of a PostgreSQL message");
  EXPECT_EQ(dissect_in_every_way(make, session({client("Q" + int32(0x7fff'ffff))})).unframed,
            "not the length of a PostgreSQL message");
}

TEST(Postgres, LimitsTheNamesThatAConnectionMayHave) {
  std::string many;
  for (int i = 0; i < 5'000; ++i) {
    many += parse("s" + std::to_string(i), "SELECT 1");
  }
  many += bind("", "s4999") + execute("") + bind("", "s0") + execute("");
  Postgres postgres;
  EXPECT_THAT(calls(dissect(postgres, session({client(many)}), std::string::npos)),
              ElementsAre("(statement)", "SELECT $1"));
}

}  // namespace
}  // namespace faultline::protocol::postgres
