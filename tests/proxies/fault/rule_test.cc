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

  explicit Reading(const std::string& more, const std::string& protocol = "redis",
                   const std::string& process = {}) {
    Table table = Table::parse("name = \"x\"\non = \"redis\"\n" + more + "\n", "t.toml", problems);
    rule = read_rule(table, {{"redis", protocol, process}});
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

TEST(Rule, RefusesWhatCannotBe) {
  EXPECT_EQ(Reading("inject = { miss = {} }", "postgres").problem(),
            "3:19 'miss' is a fault of redis, and this is postgres, see `faultline list --faults`");
  EXPECT_EQ(Reading("inject = { mis = {} }").problem(), "3:18 unknown fault 'mis', did you mean 'miss'?");
  EXPECT_EQ(Reading("edge = \"request\"\ninject = { miss = {} }").problem(),
            "3:8 'miss' has no request edge, it acts on the response");
  EXPECT_EQ(Reading("inject = { error = { sqlstate = \"40001\" } }", "postgres").problems.size(), 0U);
  EXPECT_EQ(Reading("inject = { error = { sqlstate = \"4000l\" } }", "postgres").problem(),
            "3:33 PostgreSQL has no error '4000l', did you mean '40000'?");
  EXPECT_EQ(Reading("inject = { error = { sqlstate = \"deadlock\" } }", "postgres").problems.size(), 1U);
  EXPECT_EQ(
      Reading("edge = \"response\"\ninject = { error = { sqlstate = \"40001\" } }", "postgres").problem(),
      "4:20 no server says that a statement failed that it has executed: severity must be \"FATAL\" on this "
      "edge, or use lose_answer");
  EXPECT_EQ(Reading("inject = { error = { sqlstate = \"53300\" } }", "postgres").problem(),
            "3:20 the server says 53300 at the start of a session only: write refuse_login = { sqlstate = "
            "\"53300\" }");
  EXPECT_EQ(Reading("inject = { error = {} }").problem(), "3:20 give one of kind and text");
  EXPECT_EQ(Reading("inject = { error = { kind = \"REDONLY\" } }").problems.front().suggestion,
            "did you mean 'READONLY'?");
  EXPECT_EQ(Reading("inject = { status = { code = 99 } }", "http").problem(),
            "3:21 a status is from 200 to 599");
  EXPECT_EQ(Reading("inject = { refuse = {} }\nwhen = { first = 1, of = \"run\" }").problem(),
            "4:8 'refuse' acts on whole connections, not on messages");
  EXPECT_EQ(Reading("inject = { throttle = { rate = \"1KB/s\" } }\nmatch = { command = \"GET\" }").problem(),
            "4:9 'throttle' acts on the bytes of a connection, not on messages");
  EXPECT_EQ(Reading("inject = { cut = {} }\nmatch = { command = \"GET\" }", "raw").problem(),
            "4:9 bytes have no messages to match, give the protocol");
  EXPECT_EQ(Reading("inject = { corrupt = {} }").problem(), "3:22 give one of nth_byte and probability");
  EXPECT_EQ(Reading("inject = { slice = { size = \"4B\", variation = \"4B\" } }").problem(),
            "3:20 variation must be below the size");
}

TEST(Rule, ReadsWhatHappensToProcesses) {
  const auto fault = [](const std::string& inject, const std::string& process) {
    const Reading reading("inject = { " + inject + " }", "redis", process);
    EXPECT_TRUE(reading.rule && reading.rule->of_process) << inject << ": " << reading.problem();
    return reading.rule.value_or(Rule{}).fault;
  };
  EXPECT_EQ(fault("kill = {}", "redis"), Fault(Kill{9}));
  EXPECT_EQ(fault("kill = { signal = \"TERM\" }", "service"), Fault(Kill{15}));
  EXPECT_EQ(fault("pause = {}", "postgres"), Fault(Pause{}));
  EXPECT_EQ(fault("restart = {}", "service"), Fault(Restart{}));
  EXPECT_EQ(fault("delete_data = {}", "redis"), Fault(DeleteData{}));
  EXPECT_EQ(fault("fill_disk = { free = \"1MiB\" }", "postgres"), Fault(FillDisk{1U << 20}));
  EXPECT_EQ(fault("clock_skew = { by = \"1h\", direction = \"behind\" }", "service"), Fault(ClockSkew{-1h}));
  EXPECT_EQ(fault("cpu_pressure = { workers = 4 }", "service"), Fault(CpuPressure{4}));
}

TEST(Rule, RefusesWhatCannotHappenToAProcess) {
  EXPECT_EQ(Reading("inject = { fill_disk = {} }", "redis", "redis").problem(),
            "3:24 'fill_disk' happens to postgres, not to redis, see `faultline list --faults`");
  EXPECT_EQ(
      Reading("inject = { kill = {} }", "redis").problem(),
      "3:19 'kill' happens to a process, and there is none here that Faultline has started, see `faultline "
      "list --faults`");
  EXPECT_EQ(Reading("edge = \"request\"\ninject = { kill = {} }", "redis", "redis").problem(),
            "3:8 'kill' acts on a process: it has no edge");
  EXPECT_EQ(Reading("match = { command = \"GET\" }\ninject = { kill = {} }", "redis", "redis").problem(),
            "3:9 'kill' acts on a process, not on messages");
}

TEST(Rule, ReadsWhichMessages) {
  const Reading reading(
      "match = { command = [\"GET\", \"MGET\"], key = \"a:*\", in_multi = false }\ninject = { miss = {} }");
  ASSERT_TRUE(reading.rule) << reading.problem();
  EXPECT_TRUE(reading.rule->of_messages);
  EXPECT_EQ(reading.rule->match.conditions.size(), 3U);
  EXPECT_FALSE(Reading("inject = { delay = { by = \"1s\" } }").rule->of_messages)
      << "the bytes of all connections";
  EXPECT_TRUE(
      Reading("match = { command = \"GET\" }\ninject = { delay = { by = \"1s\" } }").rule->of_messages);
  EXPECT_EQ(Reading("match = { comand = \"GET\" }\ninject = { miss = {} }").problem(),
            "3:11 unknown key 'comand', did you mean 'command'?");
  EXPECT_EQ(Reading("match = { table = \"t\" }\ninject = { miss = {} }").problem(),
            "3:19 'table' is a condition for postgres, and this is redis");
  EXPECT_EQ(Reading("match = { command = [] }\ninject = { miss = {} }").problem(),
            "3:21 'command' fits nothing: the list is empty");
  EXPECT_EQ(Reading("match = { body = { amount = \"1\" } }\ninject = { duplicate = {} }", "http").problem(),
            "3:29 'amount' is no JSON pointer, write \"/amount\"");
  EXPECT_EQ(Reading("match = { statement_re = \"(\" }\ninject = { empty_result = {} }", "postgres").problem(),
            "3:26 not a regular expression: missing ): (");
}

TEST(Rule, ReadsHowOften) {
  const Reading reading(
      "when = { every = 3, at_most = 5, of = \"arrivals\", probability = \"50%\" }\ninject = { miss = {} }");
  ASSERT_TRUE(reading.rule) << reading.problem();
  EXPECT_EQ(reading.rule->when.every, 3U);
  EXPECT_EQ(reading.rule->when.at_most, 5U);
  EXPECT_EQ(reading.rule->when.of, When::Of::arrivals);
  EXPECT_EQ(reading.rule->when.probability, 0.5);
  EXPECT_EQ(Reading("when = { nth = 0, of = \"run\" }\ninject = { miss = {} }").problem(),
            "3:16 'nth' counts from 1");
  EXPECT_EQ(Reading("when = { nth = 1 }\ninject = { miss = {} }").problem(),
            "3:16 'nth' of what? `of` is missing, write of = \"cause\", \"arrivals\" or \"run\"");
  EXPECT_EQ(Reading("when = { of = \"run\" }\ninject = { miss = {} }").problem(),
            "3:15 nothing is counted here");
  EXPECT_EQ(Reading("when = { probability = \"0%\" }\ninject = { miss = {} }").problem(),
            "3:24 a probability is above 0% and at most 100%");
  EXPECT_EQ(Reading("when = { first = 3, after = 3, of = \"run\" }\ninject = { miss = {} }").problem(),
            "3:18 no number meets all of these");
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
