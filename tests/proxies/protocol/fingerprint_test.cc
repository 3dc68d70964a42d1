#include "protocol/postgres/fingerprint.h"

#include <gtest/gtest.h>

namespace faultline::protocol::postgres {
namespace {

std::string of(std::string_view sql) {
  std::string buffer;
  return std::string(fingerprint(sql, buffer));
}

TEST(Fingerprint, TakesLiteralsOut) {
  EXPECT_EQ(of("SELECT * FROM t WHERE id = 17 AND name = 'x'"),
            "SELECT * FROM t WHERE id = $1 AND name = $2");
  EXPECT_EQ(of("INSERT INTO t VALUES (1, 2.5, .5, 1e10, 1.5E-3)"),
            "INSERT INTO t VALUES ($1, $2, $3, $4, $5)");
}

TEST(Fingerprint, IsTheSameForABoundAndAWrittenValue) {
  EXPECT_EQ(of("SELECT a FROM t WHERE b = $1 AND c = $2"), of("SELECT a FROM t WHERE b = 5 AND c = 'five'"));
  EXPECT_EQ(of("SELECT $2, $1"), "SELECT $1, $2") << "in order, whatever their numbers";
}

TEST(Fingerprint, TakesTheSignWithTheNumber) {
  EXPECT_EQ(of("UPDATE t SET a = a + -5"), "UPDATE t SET a = a + $1");
  EXPECT_EQ(of("SELECT -5, (-5), x - 5, x -5, f(1) - 5"), "SELECT $1, ($2), x - $3, x -$4, f($5) - $6");
  EXPECT_EQ(of("SELECT 1 LIMIT - 1"), "SELECT $1 LIMIT $2");
  EXPECT_EQ(of("SELECT - x"), "SELECT - x");
}

TEST(Fingerprint, KnowsEveryKindOfString) {
  EXPECT_EQ(of("SELECT 'it''s', E'a\\'b', e'\\\\', B'01', X'ff', N'n', U&'d\\0061t', 'x'"),
            "SELECT $1, $2, $3, $4, $5, $6, $7, $8");
  EXPECT_EQ(of("SELECT $$a 'b' $$, $tag$ $$ $tag$ FROM t"), "SELECT $1, $2 FROM t");
  EXPECT_EQ(of("SELECT 'a\\' FROM t"), "SELECT $1 FROM t") << "a backslash escapes nothing in a plain string";
  EXPECT_EQ(of("SELECT re'x'"), "SELECT re$1") << "not a prefix: a name, then a string";
}

TEST(Fingerprint, TakesNullTrueAndFalseAsValuesWhereTheyAre) {
  EXPECT_EQ(of("INSERT INTO t VALUES (NULL, true, False)"), "INSERT INTO t VALUES ($1, $2, $3)");
  EXPECT_EQ(of("SELECT a IS NULL, b IS NOT NULL, c IS TRUE"), "SELECT a IS NULL, b IS NOT NULL, c IS TRUE");
  EXPECT_EQ(of("CREATE TABLE t (a int NOT NULL)"), "CREATE TABLE t (a int NOT NULL)");
}

TEST(Fingerprint, LeavesNamesAlone) {
  EXPECT_EQ(of("SELECT t1.c2 FROM t1, \"odd 1 name\" WHERE x$1 = 1"),
            "SELECT t1.c2 FROM t1, \"odd 1 name\" WHERE x$1 = $1");
  EXPECT_EQ(of("SELECT größe FROM t"), "SELECT größe FROM t");
}

TEST(Fingerprint, DropsCommentsAndExtraSpace) {
  EXPECT_EQ(of("  SELECT\n\t1 -- one\n , 2 /* two /* nested */ still */ ;  "), "SELECT $1 , $2");
  EXPECT_EQ(of("/*traceparent='00-ab-cd-01'*/ BEGIN;"), "BEGIN");
  EXPECT_EQ(of("SELECT '-- no comment', '/* nor this'"), "SELECT $1, $2");
}

TEST(Fingerprint, TakesAnUnfinishedTextAsFarAsItGoes) {
  EXPECT_EQ(of("SELECT 'never ends"), "SELECT $1");
  EXPECT_EQ(of("SELECT $x$ never ends"), "SELECT $1");
  EXPECT_EQ(of("SELECT /* never ends"), "SELECT");
  EXPECT_EQ(of("SELECT \"never ends"), "SELECT \"never ends");
  EXPECT_EQ(of("SELECT E'\\"), "SELECT $1");
  EXPECT_EQ(of(""), "");
}

}  // namespace
}  // namespace faultline::protocol::postgres
