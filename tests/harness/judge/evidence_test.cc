#include "judge/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace faultline::judge {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

// What the reader says of a journal of that one record.
std::string complaint(const char* record) {
  try {
    read_evidence({ordered_json::parse(record)});
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return "";
}

TEST(Evidence, NamesTheRecordAndTheFieldThatIsMissing) {
  EXPECT_EQ(
      complaint(R"({"kind":"fault","by":"timeline","n":4,"t":10,"on":true,"why":"phase"})"),
      R"(the journal's record {"kind":"fault","by":"timeline","n":4,"t":10,"on":true,"why":"phase"} has no 'fault')");
  EXPECT_THAT(complaint(R"({"kind":"request","phase":"steady","due":"soon","expected":true})"),
              HasSubstr(R"(has a wrong 'due': "soon")"));
  EXPECT_THAT(complaint(R"({"kind":"observation","of":"ledger","summary":[1]})"),
              HasSubstr("has a wrong 'summary'"));
  EXPECT_THAT(complaint(R"({"by":"load"})"), HasSubstr("has no 'kind'"));
  EXPECT_THAT(complaint("[1]"), HasSubstr("is no object"));
}

TEST(Evidence, PassesOverWhatIsNotJudged) {
  EXPECT_EQ(complaint(R"({"kind":"environment","what":"redis"})"), "");
  EXPECT_EQ(complaint(R"({"kind":"of a later version"})"), "");
  EXPECT_EQ(complaint(R"({"kind":"observation","of":"proxy"})"), "");
}

TEST(Evidence, TellsARequestWithoutAnAnswerFromOneWithAnError) {
  const Evidence evidence = read_evidence({
      ordered_json::parse(
          R"({"kind":"request","k":1,"route":"GET /","phase":"a","due":1.5,"latency":0.25,"expected":true})"),
      ordered_json::parse(
          R"({"kind":"request","k":1,"route":"GET /","phase":"a","due":1.5,"latency":0.25,"expected":false})"),
      ordered_json::parse(
          R"({"kind":"request","k":1,"route":"GET /","phase":"a","due":1.5,"expected":false})"),
  });
  ASSERT_EQ(evidence.requests.size(), 3U);
  EXPECT_EQ(evidence.requests[0].due, Duration(std::chrono::milliseconds(1500)));
  EXPECT_EQ(evidence.requests[0].latency, Duration(std::chrono::milliseconds(250)));
  EXPECT_FALSE(evidence.requests[0].error());
  EXPECT_TRUE(evidence.requests[1].answered());
  EXPECT_TRUE(evidence.requests[1].error());
  EXPECT_FALSE(evidence.requests[2].answered());
  EXPECT_TRUE(evidence.requests[2].error());
}

}  // namespace
}  // namespace faultline::judge
