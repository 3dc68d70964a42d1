#include "load/records.h"

#include <gmock/gmock.h>

#include "load/plan.h"
#include "reading.h"
#include "scratch.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string problem_of(const std::string& csv) {
  try {
    parse_csv(csv);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(Records, AreReadFromCsv) {
  const Records records =
      parse_csv("\xEF\xBB\xBFname,quote\r\nann,\"say \"\"hi\"\", twice\nand go\"\r\nbob,\n");
  EXPECT_THAT(records.columns, ElementsAre("name", "quote"));
  EXPECT_THAT(records.rows,
              ElementsAre(ElementsAre("ann", "say \"hi\", twice\nand go"), ElementsAre("bob", "")));
}

TEST(Records, NameTheLineThatIsWrong) {
  EXPECT_EQ(problem_of("a,b\n1,2\n3\n"), "line 3: 1 fields, where the heading has 2");
  EXPECT_EQ(problem_of("a\n\"x\ny"), "line 2: a quoted field has no end");
  EXPECT_EQ(problem_of("a\n\"x\"y\n"), "line 2: a quoted field goes on behind its quote");
}

TEST(Records, AreReadFromJson) {
  const Records records = parse_json(R"([{"id":1,"name":"ann"},{"name":"bob","id":"2"}])");
  EXPECT_THAT(records.columns, ElementsAre("id", "name"));
  EXPECT_THAT(records.rows, ElementsAre(ElementsAre("1", "ann"), ElementsAre("2", "bob")));
  EXPECT_THROW(parse_json("{}"), std::runtime_error);
  EXPECT_THROW(parse_json(R"([{"id":1},{}])"), std::runtime_error);
}

TEST(Records, GiveAnArrivalOneRow) {
  const Scratch folder;
  folder.write("cards.csv", "number,holder\n1,ann\n2,bob\n3,cid\n");
  const std::string flow =
      "[flow]\nname='f'\n[flow.data]\ntoken={hex=4}\ncard={file='cards.csv'}\nlabel={text='${card.holder}!'}"
      "\n"
      "[[journey]]\nname='j'\n[[journey.step]]\nrequest='GET /${card.number}'\n";
  Diagnostics problems;
  Table file = Table::parse(flow, (folder / "flow.toml").string(), problems);
  const auto read = read_flow(file, problems);
  ASSERT_TRUE(read) << to_text(problems.front());
  EXPECT_EQ(read->files.size(), 1U);
  const std::vector<Load> loads = {{.flow = *read, .course = steady(100)}};
  std::map<std::string, std::string> holders;
  for (const Arrival& arrival : plan(loads, {{"only", 1s}}, 1)) {
    holders[*arrival.datum("card.number")] += "|" + *arrival.datum("card.holder");
    EXPECT_EQ(*arrival.datum("label"), *arrival.datum("card.holder") + "!");
  }
  ASSERT_EQ(holders.size(), 3U) << "each row is drawn";
  EXPECT_THAT(holders["2"], testing::StartsWith("|bob|bob"));
  EXPECT_EQ(holders["2"].find("ann"), std::string::npos) << "a row stays together";

  Table wrong = Table::parse("[flow]\nname='f'\n[flow.data]\ncard={file='../cards.csv'}\n",
                             (folder / "flow.toml").string(), problems);
  EXPECT_FALSE(read_flow(wrong, problems));
  EXPECT_THAT(to_text(problems.front()), HasSubstr("it must be beside the flow"));
}

}  // namespace
}  // namespace faultline::load
