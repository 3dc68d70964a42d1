#include "fault/rule.h"

#include <gtest/gtest.h>

#include "core/table.h"
#include "fault/catalogue.h"

namespace faultline::fault {
namespace {

using namespace std::chrono_literals;

struct Reading {
  Diagnostics problems;
  std::optional<Rule> rule;

  explicit Reading(const std::string& more) {
    Table table = Table::parse("name = \"x\"\non = \"redis\"\n" + more + "\n", "t.toml", problems);
    rule = read_rule(table);
  }

  // "line:column message, suggestion" of the only mistake.
  std::string problem() const {
    if (problems.size() != 1) {
      return std::to_string(problems.size()) + " mistakes";
    }
    const Diagnostic& p = problems.front();
    return std::to_string(p.place.line) + ":" + std::to_string(p.place.column) + " " + p.message +
           (p.suggestion.empty() ? "" : ", " + p.suggestion);
  }
};

TEST(Rule, ReadsEveryFaultWithItsDefaults) {
  EXPECT_TRUE(std::get<Refuse>(Reading("inject = { refuse = {} }").rule->fault).reset_existing);
  EXPECT_FALSE(
      std::get<Refuse>(Reading("inject = { refuse = { existing = \"keep\" } }").rule->fault).reset_existing);
  EXPECT_TRUE(std::get<Blackhole>(Reading("inject = { blackhole = {} }").rule->fault).accept);
  EXPECT_FALSE(
      std::get<Blackhole>(Reading("inject = { blackhole = { connect = \"hang\" } }").rule->fault).accept);
  const Delay delay =
      std::get<Delay>(Reading("inject = { delay = { by = \"200ms\", jitter = \"50ms\" } }").rule->fault);
  EXPECT_EQ(delay.by, 200ms);
  EXPECT_EQ(delay.jitter, 50ms);
  EXPECT_EQ(std::get<Throttle>(Reading("inject = { throttle = { rate = \"64KiB/s\" } }").rule->fault)
                .bytes_per_second,
            65536);
  const Cut cut =
      std::get<Cut>(Reading("inject = { cut = { how = \"half\", after = \"1KiB\" } }").rule->fault);
  EXPECT_EQ(cut.how, Cut::How::half);
  EXPECT_EQ(cut.after, 1024U);
  EXPECT_EQ(std::get<Hang>(Reading("inject = { hang = {} }").rule->fault).length, std::nullopt);
  EXPECT_EQ(std::get<Hang>(Reading("inject = { hang = { for = \"2s\" } }").rule->fault).length, Duration(2s));
}

TEST(Rule, ReadsWhenAndWhere) {
  const Reading reading(
      "during = [\"a\", \"b\"]\nuntil = \"mitigation\"\nedge = \"request\"\nenabled = false\nmay_idle = "
      "true\n"
      "inject = { delay = { by = \"1s\" } }");
  ASSERT_TRUE(reading.rule) << reading.problem();
  EXPECT_EQ(reading.rule->during, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(reading.rule->until, Until::mitigation);
  EXPECT_EQ(reading.rule->edge, Edge::request);
  EXPECT_FALSE(reading.rule->enabled);
  EXPECT_TRUE(reading.rule->may_idle);
  EXPECT_EQ(Reading("inject = { delay = { by = \"1s\" } }").rule->edge, Edge::response)
      << "the catalogue's default";
}

TEST(Rule, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(Reading("inject = { refus = {} }").problem(),
            "3:20 unknown fault 'refus', did you mean 'refuse'?");
  EXPECT_EQ(Reading("inject = {}").problem(), "3:10 nothing to inject, see `faultline list --faults`");
  EXPECT_EQ(Reading("inject = { delay = { bye = \"1s\" } }").problems.front().message, "'by' is missing");
  EXPECT_EQ(Reading("inject = { delay = { by = \"1s\", jiter = \"1s\" } }").problem(),
            "3:33 unknown key 'jiter', did you mean 'jitter'?");
  EXPECT_EQ(Reading("inject = { delay = { by = \"1s\", jitter = \"2s\" } }").problem(),
            "3:20 jitter must not be above the delay");
  EXPECT_EQ(Reading("inject = { throttle = { rate = \"0B/s\" } }").problem(),
            "3:23 a rate of less than a byte a second is a hang");
  EXPECT_EQ(Reading("inject = { throttle = { rate = \"64KiB\" } }").problem(),
            "3:32 '64KiB' is not bytes a second such as \"64KiB/s\"");
  EXPECT_EQ(Reading("edge = \"response\"\ninject = { refuse = {} }").problem(),
            "3:8 'refuse' acts on whole connections: it has no edge");
  EXPECT_EQ(Reading("inject = { refuse = {}, hang = {} }").problem(),
            "3:32 one fault injects one thing: write another [[fault]] for this");
  EXPECT_EQ(Reading("until = \"mitigated\"\ninject = { refuse = {} }").problem(),
            "3:9 'until' must be one of phase, mitigation, not 'mitigated', did you mean 'mitigation'?");
  EXPECT_EQ(Reading("durring = \"x\"\ninject = { refuse = {} }").problem(),
            "3:1 unknown key 'durring', did you mean 'during'?");
}

TEST(Catalogue, IsListedWithEveryAttribute) {
  const std::string text = catalogue_text();
  for (const Row& row : catalogue()) {
    EXPECT_NE(text.find(row.name), std::string::npos);
    for (const Attribute& attribute : row.attributes) {
      EXPECT_NE(text.find(attribute.meaning), std::string::npos) << row.name << "." << attribute.name;
    }
  }
}

}  // namespace
}  // namespace faultline::fault
